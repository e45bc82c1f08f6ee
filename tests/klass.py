"""Klass' answers made of nace/data, and a server for them on loopback.

klass.py make FOLDER DAY    writes each answer as FOLDER/PATH_WITH_UNDERSCORES.xml
klass.py official FOLDER DAY DATA
                            the same with Statistics Norway's own rows, from the
                            lists in DATA, in place of ours
klass.py serve FOLDER LOG   prints its port; serves until standard input ends
"""
import csv
import http.server
import os
import re
import sys
import threading
from xml.sax.saxutils import escape


def table(name):
    with open("nace/data/" + name, encoding="utf-8") as f:
        return [l.rstrip("\n").split("\t") for l in f if not l.startswith("#")]


def element(name, text, n=[0]):
    """Nothing is written in three ways, and none of them means more."""
    n[0] += 1
    if text == "":
        return (f"<{name}/>", f"<{name}></{name}>", "")[n[0] % 3]
    return f"<{name}>{escape(text)}</{name}>"


def items(item, names, rows):
    return "".join("<" + item + ">" + "".join(map(element, names, r)) + "</" + item +
                   ">\n" for r in rows)


def standard(name):
    rows, above = [], {0: ""}
    for code, text in table(name):
        level = {1: 1, 2: 2, 4: 3, 5: 4, 6: 5}[len(code)]
        above[level] = code
        rows.append((code, above[level - 1], str(level), " " + text + "  ", "", "A\nnote"))
    # sections come after the numbers, as in Klass
    return sorted(rows, key=lambda r: (r[0].isalpha(), r[0]))


def version(ident, rows, tables):
    return (f"<classificationVersion><name>V &amp; co</name><id>{ident}</id>"
            f"<validFrom>2009-01-01</validFrom><correspondenceTables>{tables}"
            "</correspondenceTables><levels><level><levelNumber>1</levelNumber></level>"
            "</levels><classificationItems>" +
            items("classificationItem", ("code", "parentCode", "level", "name",
                                         "shortName", "notes"), rows) +
            "</classificationItems></classificationVersion>")


def listing(rows, digits, until):
    """Codes in the days asked for: with one name one item, whatever came in."""
    out = []
    for number, name, start, end in rows:
        start = max(start, "2002-01-01")
        if out and out[-1][0] == number and out[-1][3] == name and out[-1][7] == start:
            out[-1][7] = end or until
            continue
        out.append([number, "", "1", name, "", "", start, end or until])
    names = ("code", "parentCode", "level", "name", "validFrom", "validTo",
             "validFromInRequestedRange", "validToInRequestedRange")
    return "<codeList>" + items("codeItem", names, out) + "</codeList>"


def changes(rows):
    out = [(number, "x", n, "y", end) for number, end, after in rows if end
           for n in after.split(",")]
    names = ("oldCode", "oldName", "newCode", "newName", "changeOccurred")
    return "<codeChangeList>" + items("codeChangeItem", names, out) + "</codeChangeList>"


def make(folder, until):
    old, new = standard("sn2007.tsv"), standard("sn2025.tsv")
    known = {r[0] for r in new}
    flows = table("sn2007_sn2025.tsv")
    out = {}
    for a, b in flows:
        out.setdefault(a, []).append(b)
    # the table has what changed, from SN2025 to SN2007
    maps = [(b, "n", a, "m") for a, b in flows if out[a] != [a]]
    places = table("municipalities.tsv")
    counties = table("counties.tsv")
    answer = {
        "versions_30": version(30, old, ""),
        "versions_3218": version(3218, new,
            "<correspondenceTable><name>other</name><sourceId>3218</sourceId>"
            "<targetId>71</targetId><id>2750</id></correspondenceTable>"
            "<correspondenceTable><name>SN2025 - SN2007</name><source>a</source>"
            "<sourceId>3218</sourceId><targetId>30</targetId><links>"
            "<link rel=\"self\" href=\"https://data.ssb.no/api/klass/v1/"
            "correspondencetables/2919\"/></links></correspondenceTable>"),
        "correspondencetables_2919":
            "<correspondenceTable><name>t</name><id>2919</id><correspondenceMaps>" +
            items("correspondenceMap", ("sourceCode", "sourceName", "targetCode",
                                        "targetName"), maps) +
            "</correspondenceMaps></correspondenceTable>",
        "classifications_104_codes": listing(
            [(r[0], " - ".join([r[1]] + [a for a in r[2].split(",") if a]), r[3], r[4])
             for r in counties] + [("99", "Uoppgitt", "", "")], 2, until),
        "classifications_104_changes": changes((r[0], r[4], r[5]) for r in counties),
        "classifications_131_codes": listing(
            [r[:4] for r in places if not r[3] or r[3] > "2002-01-01"] +
            [["9999", "Uoppgitt", "", ""]], 4, until),
        "classifications_131_changes": changes((r[0], r[3], r[4]) for r in places),
    }
    assert known
    os.makedirs(folder, exist_ok=True)
    for name, text in answer.items():
        with open(f"{folder}/{name}.xml", "w", encoding="utf-8") as f:
            f.write('<?xml version="1.0" encoding="UTF-8"?>\n' + text)


def official(folder, until, data):
    """Over what make() has written: codes, places and changes as they are given out."""
    def rows(name):
        with open(f"{data}/{name}", encoding="utf-8") as f:
            return list(csv.reader(f, delimiter=";"))[1:]

    def write(name, text):
        with open(f"{folder}/{name}.xml", "w", encoding="utf-8") as f:
            f.write(text)

    with open(f"{folder}/versions_3218.xml", encoding="utf-8") as f:
        tables = re.search("<correspondenceTables>(.*)</correspondenceTables>", f.read())
    write("versions_30", version(30, [r[:6] for r in rows("sn2007_version30.csv")], ""))
    write("versions_3218", version(3218, [r[:4] + ["", ""] for r in
                                          rows("sn2025_current_2026.csv")], tables[1]))
    names = ("code", "name", "validFromInRequestedRange", "validToInRequestedRange")
    write("classifications_131_codes", "<codeList>" + items("codeItem", names, [
        (code, name, max(start, "2002-01-01"), end or until)
        for code, name, _, start, end in rows("kommune_131_all_codes_1838-2024.csv")
        if not end or end > "2002-01-01"]) + "</codeList>")
    names = ("changeOccurred", "oldCode", "oldName", "newCode", "newName")
    write("classifications_131_changes", "<codeChangeList>" + items(
        "codeChangeItem", names,
        [r for r in rows("kommune_131_all_changes_1838-2024.csv")
         if r[0] >= "2002-01-01"]) + "</codeChangeList>")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0].replace("/klass/v1/", "").replace("/", "_")
        try:
            with open(f"{sys.argv[2]}/{os.path.basename(path)}.xml", "rb") as f:
                body, status = f.read(), 200
        except OSError:
            body, status = b'<problem xmlns="urn:ietf:rfc:7807"/>', 404
        with open(sys.argv[3], "a", encoding="utf-8") as log:
            log.write(f"{self.path} {status} {self.headers['Accept']} | "
                      f"{self.headers['User-Agent']}\n")
        self.send_response(status)
        self.send_header("Content-Type", "application/xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if sys.argv[1] == "make":
    make(sys.argv[2], sys.argv[3])
elif sys.argv[1] == "official":
    official(sys.argv[2], sys.argv[3], sys.argv[4])
else:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
