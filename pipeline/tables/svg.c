#include <math.h>
#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/tables/svg.h"

void
svg_begin(struct markup *m, const char *id, double height, const char *title,
    const char *desc)
{
	markup_open(m, "svg");
	markup_attr(m, "xmlns", "http://www.w3.org/2000/svg");
	markup_attrf(m, "viewBox", "0 0 %d %.0f", SVG_WIDTH, ceil(height));
	markup_attr(m, "role", "img");
	markup_attrf(m, "aria-labelledby", "%s-title %s-desc", id, id);
	markup_open(m, "title");
	markup_attrf(m, "id", "%s-title", id);
	markup_text(m, title);
	markup_close(m);
	markup_open(m, "desc");
	markup_attrf(m, "id", "%s-desc", id);
	markup_text(m, desc);
	markup_close(m);
}

/* Thousandths of the size; DejaVu Sans, bold where that is wider. */
static int
advance(const char *s)
{
	if ((unsigned char)*s >= 0x80)		/* a no-break space is a space */
		return strncmp(s, "\xc2\xa0", 2) == 0 ? 400 : 740;
	if (strchr("iljI.,:;|!' ()[]/", *s) != NULL)
		return 400;
	if (strchr("mwMW%@", *s) != NULL)
		return 1000;
	if ((*s >= 'A' && *s <= 'Z') || *s == '&' || *s == '+')
		return 780;
	if (*s >= '0' && *s <= '9')
		return 680;
	return 660;
}

double
svg_width(const char *text, double size)
{
	int64_t sum = 0;

	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			sum += advance(text);
	return (double)sum * size / 1000;
}

/* Octets of ${s} that fit, whole characters, at least one. */
static size_t
fitting(const char *s, double size, double width)
{
	int64_t sum = 0;
	size_t n = 0;

	while (s[n] != '\0') {
		size_t next = n + 1;

		while (((unsigned char)s[next] & 0xc0) == 0x80)
			next++;
		sum += advance(s + n);
		if (n > 0 && (double)sum * size / 1000 > width)
			break;
		n = next;
	}
	return n;
}

/* Octets of the next line, and of it with the blanks behind. */
static size_t
next_line(const char *s, double size, double width, size_t *taken)
{
	size_t n = fitting(s, size, width), end = n;

	if (s[n] != '\0' && s[n] != ' ') {
		while (end > 0 && s[end - 1] != ' ')
			end--;
		if (end == 0)
			end = n;	/* a word that is wider than the line */
	}
	*taken = end + strspn(s + end, " ");
	while (end > 0 && s[end - 1] == ' ')
		end--;
	return end;
}

size_t
svg_lines(struct arena *a, const char *text, double size, double width,
    size_t most, const char **ret)
{
	struct buf b = BUF(BUF_ANY);
	size_t n = 0, taken, len;
	const char *s;

	utf8_clean(&b, text, strlen(text));
	s = buf_text(&b);
	s += strspn(s, " ");
	while (*s != '\0' && n < most) {
		len = next_line(s, size, width, &taken);
		if (n + 1 == most && s[taken] != '\0') {
			len = fitting(s, size, width - size);
			while (len > 0 && s[len - 1] == ' ')
				len--;
			ret[n++] = arena_printf(a, "%.*s\xe2\x80\xa6", (int)len, s);
			break;
		}
		ret[n++] = arena_strn(a, s, len);
		s += taken;
	}
	buf_free(&b);
	return n;
}

void
svg_text(struct markup *m, double x, double y, enum svg_anchor anchor,
    const char *class, const char *text)
{
	static const char *const word[] = { "start", "middle", "end" };

	markup_open(m, "text");
	markup_real(m, "x", x);
	markup_real(m, "y", y);
	if (anchor != SVG_START)
		markup_attr(m, "text-anchor", word[anchor]);
	markup_attr(m, "class", class);
	markup_text(m, text);
	markup_close(m);
}

void
svg_line(struct markup *m, double x1, double y1, double x2, double y2,
    const char *class)
{
	markup_open(m, "line");
	markup_real(m, "x1", x1);
	markup_real(m, "y1", y1);
	markup_real(m, "x2", x2);
	markup_real(m, "y2", y2);
	markup_attr(m, "class", class);
	markup_void(m);
}

void
svg_box(struct markup *m, double x, double y, double width, double height,
    const char *class)
{
	markup_open(m, "rect");
	markup_real(m, "x", x);
	markup_real(m, "y", y);
	markup_real(m, "width", width);
	markup_real(m, "height", height);
	markup_attr(m, "class", class);
	markup_void(m);
}

double
svg_step(double max, int steps, int whole)
{
	static const double of[] = { 1, 2, 2.5, 5 };
	double unit = whole ? 1 : 0.000001;

	for (;; unit *= 10)
		for (int i = 0; i < 4; i++) {
			/* 2.5 answers are none */
			if (whole && unit < 2 && i == 2)
				continue;
			if (of[i] * unit * steps >= max)
				return of[i] * unit;
		}
}
