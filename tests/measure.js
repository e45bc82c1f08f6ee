/*
 * measure.js -- looks at a report as a browser shows it, and says what is wrong
 * with it, a line each, in its own page (tests/scenario/report.sh).
 *
 * VIEWS is set before it: [[what, file, width, print], ...].
 */
'use strict';
const said = [];

function channel(v) {
	v /= 255;
	return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
}
function colour(text) {
	const m = text.match(/[\d.]+/g).map(Number);
	return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 };
}
function luminance(c) {
	return 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
}
function contrast(a, b) {
	const x = luminance(a), y = luminance(b);
	return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
function background(win, e) {
	for (; e; e = e.parentElement) {
		const c = colour(win.getComputedStyle(e).backgroundColor);
		if (c.a > 0)
			return c;
	}
	return { r: 255, g: 255, b: 255, a: 1 };
}
function short(e) {
	return e.tagName.toLowerCase() + ' "' + e.textContent.trim().slice(0, 40) + '"';
}

function overflow(say, doc, width, print) {
	const wide = doc.documentElement.scrollWidth;
	if (wide > width)
		say('overflows: ' + wide + ' in ' + width);
	/* on paper nothing scrolls */
	if (print)
		for (const e of doc.querySelectorAll('table, svg'))
			if (e.getBoundingClientRect().right > width + 0.5)
				say('is cut off: ' + short(e));
}
function overlaps(say, doc) {
	for (const svg of doc.querySelectorAll('svg')) {
		const edge = svg.getBoundingClientRect();
		const all = [...svg.querySelectorAll('text')].map(e => ({ e,
		    box: e.getBoundingClientRect() }));
		if (all.length === 0)
			say('a picture without a word');
		all.forEach((a, i) => {
			if (a.box.left < edge.left - 0.5 || a.box.right > edge.right + 0.5 ||
			    a.box.top < edge.top - 0.5 || a.box.bottom > edge.bottom + 0.5)
				say('sticks out: ' + short(a.e));
			all.slice(i + 1).forEach(b => {
				const w = Math.min(a.box.right, b.box.right) -
				    Math.max(a.box.left, b.box.left);
				const h = Math.min(a.box.bottom, b.box.bottom) -
				    Math.max(a.box.top, b.box.top);
				/* a line's box is higher than its letters */
				if (w > 0.5 && h > 0.3 * Math.min(a.box.height, b.box.height))
					say('overlap: ' + short(a.e) + ' and ' + short(b.e));
			});
		});
	}
}
function reading(say, doc) {
	const text = id => ((doc.getElementById(id) || {}).textContent || '').trim();
	const ids = [...doc.querySelectorAll('[id]')].map(e => e.id);
	let level = 0;

	if (!/^(nb|en)$/.test(doc.documentElement.lang))
		say('no language');
	if (new Set(ids).size !== ids.length)
		say('an id stands twice');
	for (const e of doc.querySelectorAll('[aria-labelledby]'))
		for (const id of e.getAttribute('aria-labelledby').split(' '))
			if (text(id) === '')
				say('is called by nothing: ' + e.tagName + ' ' + id);
	for (const svg of doc.querySelectorAll('svg'))
		if (svg.getAttribute('role') !== 'img' ||
		    !svg.hasAttribute('aria-labelledby') ||
		    !svg.querySelector('title') || !svg.querySelector('desc'))
			say('no alternative text: a picture');
	for (const img of doc.querySelectorAll('img'))
		if (!img.alt)
			say('no alternative text: an image');
	for (const t of doc.querySelectorAll('table'))
		if (!t.caption || t.caption.textContent.trim() === '')
			say('a table without a caption');
	for (const th of doc.querySelectorAll('th'))
		if (!th.hasAttribute('scope') || th.textContent.trim() === '')
			say('a heading without scope or text');
	for (const tr of doc.querySelectorAll('tbody tr'))
		if (!tr.querySelector('th'))
			say('a row without a heading: ' + short(tr));
	for (const h of doc.querySelectorAll('h1, h2, h3, h4')) {
		const n = Number(h.tagName[1]);
		if (n > level + 1)
			say('a level of headings is left out: ' + short(h));
		level = n;
	}
	if (doc.querySelectorAll('h1').length !== 1)
		say('not one h1');
	if (doc.querySelector('script, link, [src], [onload]'))
		say('not self-contained');
}
function legible(say, doc, win) {
	for (const e of doc.querySelectorAll('body *')) {
		const own = [...e.childNodes].some(n => n.nodeType === 3 &&
		    n.nodeValue.trim() !== '');
		const svg = e.ownerSVGElement;
		if (!own || /^(title|desc)$/.test(e.tagName))
			continue;
		const style = win.getComputedStyle(e);
		if (style.display === 'none' || e.getClientRects().length === 0)
			continue;
		const size = parseFloat(style.fontSize);
		const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
		const on = [background(win, svg || e)];
		if (svg)	/* boxes lie under text */
			for (const box of svg.querySelectorAll('.level'))
				on.push(colour(win.getComputedStyle(box).fill));
		for (const bg of on) {
			const ratio = contrast(colour(svg ? style.fill : style.color), bg);
			if (ratio < (large ? 3 : 4.5))
				say('contrast ' + ratio.toFixed(2) + ': ' + short(e));
		}
	}
}

function look([what, file, width, print]) {
	return new Promise(done => {
		const frame = document.createElement('iframe');
		frame.style.cssText = 'border:0;width:' + width + 'px;height:900px';
		frame.onload = () => {
			const doc = frame.contentDocument, win = frame.contentWindow;
			const say = text => said.push('fault ' + what + ': ' + text);
			overflow(say, doc, width, print);
			overlaps(say, doc);
			reading(say, doc);
			legible(say, doc, win);
			said.push('looked ' + what + ': ' +
			    doc.querySelectorAll('svg').length + ' pictures, ' +
			    doc.querySelectorAll('table').length + ' tables');
			frame.remove();
			done();
		};
		frame.src = file;
		document.body.append(frame);
	});
}
(async () => {
	for (const v of VIEWS)
		await look(v);
	const out = document.createElement('pre');
	out.textContent = '\n' + [...new Set(said)].join('\n') + '\nend\n';
	document.body.append(out);
})();
