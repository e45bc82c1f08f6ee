#!/bin/sh
# Goal: sample and answers are read by the programs that researchers use.
set -eu
. tests/lib.sh

ok "the demonstration runs to its end" sh tests/demo.sh "$T/demo"
CONF=$T/demo/utvalg.conf
for end in csv xlsx sav dta; do
	ok "the sample as .$end" u sample mikrobedrifter "$T/a.$end"
	ok "once more" env TZ=Asia/Tokyo "$O/utvalg" --config "$CONF" sample \
		mikrobedrifter "$T/b.$end"
	ok "the same octets, wherever it is made" cmp "$T/a.$end" "$T/b.$end"
	same "$(stat -c %a "$T/a.$end")" 600 "for its owner alone"
done
same "$(grep -c -E '^[0-9]+,all,1,[0-9]+,' "$T/a.csv")" 4750 "a row for each drawn unit"
lacks "$T/a.csv" example. "no address"
same "$(grep -c -E '(^|,)[0-9]{9}(,|$)' "$T/a.csv" || :)" 0 "no organisation number"
ok "with the token, to standard output" u sample mikrobedrifter --token --format csv
has "$T/out" 'case,token,stratum,' "it stands beside the number"
status 64 "an ending that says nothing is a wrong use" u sample mikrobedrifter "$T/a.txt"
ok "and nothing is written" test ! -e "$T/a.txt"
ok "nor by --dry-run" u --dry-run sample mikrobedrifter "$T/c.sav"
ok "that is so" test ! -e "$T/c.sav"

cat >"$T/read.R" <<'R'
library(haven)
a <- commandArgs(TRUE)
csv <- read.csv(a[1], colClasses = "character", encoding = "UTF-8")
for (f in a[2:3]) {
	d <- if (grepl("sav$", f)) read_sav(f, user_na = TRUE) else read_dta(f)
	stopifnot(identical(dim(d), dim(csv)), identical(names(d), names(csv)))
	stopifnot(all(as.numeric(csv$weight) == d$weight))
	stopifnot(all(csv$municipality == d$municipality))
	stopifnot(all(csv$kommentar == d$kommentar))
	day <- ifelse(csv$answered_date == "", NA, csv$answered_date)
	stopifnot(identical(day, as.character(d$answered_date)))
	said <- d$hovedinntekt %in% 1:2
	stopifnot(c("Ja", "Nei")[unclass(d$hovedinntekt)[said]] ==
	    csv$hovedinntekt[said], all(csv$hovedinntekt[!said] == ""))
	cat(attr(d$naering_2, "label"), "\n")
	cat(names(attr(d$area, "labels")), sep = ";")
	cat("\nanswered", sum(d$state == 1), "asked and silent",
	    sum(if (grepl("sav$", f)) d$hovedinntekt == -1 else
	    is_tagged_na(d$hovedinntekt, "a"), na.rm = TRUE), "\n")
}
R
if command -v Rscript >/dev/null && Rscript -e 'library(haven)' >/dev/null 2>&1; then
	ok "R reads what CSV says" Rscript "$T/read.R" "$T/a.csv" "$T/a.sav" "$T/a.dta"
	same "$(grep -c '^Viktigste næring, flere svar mulig: Design og kunsthåndverk' "$T/out")" \
		2 "labels of variables, in SPSS and Stata"
	same "$(grep -c '^Møre & Romsdal;Finnmark;Buskerud$' "$T/out")" 2 "labels of values"
	same "$(grep -c '^answered 308 asked and silent 60 *$' "$T/out")" 2 \
		"answers, and those that were left open"
else
	skip no-haven "R reads the sample back"
fi

if command -v soffice >/dev/null; then
	ok "LibreOffice opens the workbook and prints it" timeout 300 soffice \
		"-env:UserInstallation=file://$T/office" --headless --convert-to pdf \
		--outdir "$T/pdf" "$T/a.xlsx"
	same "$(head -c 5 "$T/pdf/a.pdf")" %PDF- "it is a PDF"
	u table mikrobedrifter net --format xlsx >"$T/net.xlsx"
	ok "and a table" timeout 300 soffice "-env:UserInstallation=file://$T/office" \
		--headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' \
		--outdir "$T/pdf" "$T/net.xlsx"
	has "$T/pdf/net.csv" 'Møre & Romsdal' "its letters are whole"
else
	skip no-libreoffice "a workbook is printed"
fi
