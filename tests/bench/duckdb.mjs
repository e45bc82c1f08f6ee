// duckdb.mjs FILE DATABASE: loads an extract into DuckDB: the same fields as
// utvalg, by the table of docs/REGISTER.md, without an index.  For make bench.
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const [file, database] = process.argv.slice(2);
const types = {
  "text": "VARCHAR", "lines": "VARCHAR[]", "as written": "JSON", "JSON": "JSON",
  "number": "BIGINT", "count": "JSON[]", "0, 1": "BOOLEAN", "code": "VARCHAR",
  "day": "DATE", "real": "DOUBLE",
};

// | `column` | holds | `key` or `key.key` | ...
const fields = readFileSync(process.env.REGISTER, "utf8").split("\n")
  .map((line) => /^\| `(\w+)` \| ([^|]+) \| `([\w.]+)` \|/.exec(line))
  .filter((m) => m !== null)
  .map(([, name, holds, key]) => ({ name, type: types[holds], path: key.split(".") }));
if (fields.length < 90 || fields.some((f) => f.type === undefined))
  throw new Error("docs/REGISTER.md is not understood");

// One type for each key of a unit; what has keys beneath it is a STRUCT.
const keys = new Map();
for (const { type, path: [top, under] } of fields) {
  if (under === undefined)
    keys.set(top, type);
  else
    keys.set(top, [...(keys.get(top) ?? []), `"${under}" ${type}`]);
}
const columns = [...keys].map(([key, type]) =>
  `"${key}": '${Array.isArray(type) ? `STRUCT(${type.join(", ")})` : type}'`);
const select = fields.map(({ name, path }) =>
  `${path.map((p) => `"${p}"`).join(".")} AS "${name}"`);

const instance = await DuckDBInstance.create(database);
const connection = await instance.connect();
await connection.run(`CREATE TABLE unit AS SELECT ${select.join(", ")}
  FROM read_json('${file}', format = 'array', columns = {${columns.join(", ")}})`);
await connection.run("CHECKPOINT");
const rows = await connection.runAndReadAll("SELECT count(*) FROM unit");
console.log(Number(rows.getRows()[0][0]));
connection.closeSync();
instance.closeSync();
