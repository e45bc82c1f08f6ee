-- migrate_2 -- from schema 1 to schema 2, for databases that are there already.
--
-- Whoever changes schema.sql changes this file in the same commit.  A new
-- database is made by schema.sql alone, an older one by the statements here, and
-- a test holds the two equal: every table, column, constraint, index, view and
-- trigger (migrate_test.c; the old schema is tests/schema/1.sql).
--
-- All of it is one transaction, after a copy of the database has been kept
-- beside it.  No BEGIN, COMMIT or PRAGMA in here: user_version is set by
-- migrate.c.  Foreign keys are off meanwhile and checked at the end.
--
--   a table, an index, a view	CREATE, word for word as in schema.sql.
--   a column			ALTER TABLE x ADD COLUMN ...: it comes last, so put it
--				last among the columns in schema.sql too.  NOT NULL
--				needs a DEFAULT, there and here.
--   a view changed		DROP VIEW, CREATE VIEW.
--   anything else of a table	make it anew, and its indexes with it:
--				  CREATE TABLE x_new (...) STRICT;
--				  INSERT INTO x_new SELECT ... FROM x;
--				  DROP TABLE x;
--				  ALTER TABLE x_new RENAME TO x;
--				  CREATE INDEX ...;
--				References and views by name stay.
--
-- Append at the end, under a line that says which area it is for.

-- -- studies: a study renewed after its draw
ALTER TABLE study ADD COLUMN drawn_sha256 TEXT;

-- -- register: an extract is JSON or CSV
ALTER TABLE extract ADD COLUMN format TEXT NOT NULL DEFAULT 'json' CHECK (format IN ('json', 'csv'));

-- -- register: what a comparison of two nights reads comes first, rows as they came
CREATE TABLE unit_new (
  orgnr INTEGER NOT NULL, kind INTEGER NOT NULL, row_hash INTEGER NOT NULL,
  extract INTEGER NOT NULL, response_class TEXT, name TEXT, former_names TEXT,
  legal_form TEXT, legal_form_ended INTEGER, parent INTEGER, deleted_date
  INTEGER, email TEXT, website TEXT, phone TEXT, mobile TEXT, business_country
  TEXT, business_country_code TEXT, business_postcode TEXT, business_place
  TEXT, business_lines TEXT, business_municipality_name TEXT,
  business_municipality TEXT, location_country TEXT, location_country_code
  TEXT, location_postcode TEXT, location_place TEXT, location_lines TEXT,
  location_municipality_name TEXT, location_municipality TEXT, postal_country
  TEXT, postal_country_code TEXT, postal_postcode TEXT, postal_place TEXT,
  postal_lines TEXT, postal_municipality_name TEXT, postal_municipality TEXT,
  nace1 INTEGER, nace2 INTEGER, nace3 INTEGER, nace_helper INTEGER, employees
  INTEGER, has_employees INTEGER, employees_date INTEGER, employees_nav_date
  INTEGER, sector TEXT, registered_date INTEGER, founded_date INTEGER,
  start_date INTEGER, owner_change_date INTEGER, closed_date INTEGER,
  articles_date INTEGER, vat INTEGER, vat_date INTEGER, vat_entry_date
  INTEGER, vat_voluntary_date INTEGER, vat_voluntary TEXT, business_register
  INTEGER, business_register_date INTEGER, foundation_register INTEGER,
  foundation_register_date INTEGER, voluntary_register INTEGER,
  voluntary_register_date INTEGER, party_register INTEGER, party_register_date
  INTEGER, accounts_year INTEGER, audit_waived_date INTEGER,
  audit_waiver_decided_date INTEGER, bankrupt INTEGER, bankrupt_date INTEGER,
  winding_up INTEGER, winding_up_date INTEGER, forced_winding_up INTEGER,
  forced_no_deletion_date INTEGER, forced_no_manager_date INTEGER,
  forced_no_auditor_date INTEGER, forced_no_accounts_date INTEGER,
  forced_no_board_date INTEGER, reconstruction_date INTEGER,
  foreign_insolvency_date INTEGER, language TEXT, purpose TEXT, activity TEXT,
  endorsements INTEGER, in_group INTEGER, capital REAL, capital_shares
  INTEGER, capital_type TEXT, capital_currency TEXT, capital_bound TEXT,
  capital_paid TEXT, capital_fully_paid TEXT, capital_date INTEGER,
  home_number TEXT, home_register TEXT, home_register_country TEXT,
  home_register_place TEXT, home_register_lines TEXT, home_law TEXT,
  home_law_code TEXT, home_form TEXT, home_form_name TEXT
) STRICT;
INSERT INTO unit_new (
  orgnr, kind, row_hash, extract, response_class, name, former_names,
  legal_form, legal_form_ended, parent, deleted_date, email, website, phone,
  mobile, business_country, business_country_code, business_postcode,
  business_place, business_lines, business_municipality_name,
  business_municipality, location_country, location_country_code,
  location_postcode, location_place, location_lines,
  location_municipality_name, location_municipality, postal_country,
  postal_country_code, postal_postcode, postal_place, postal_lines,
  postal_municipality_name, postal_municipality, nace1, nace2, nace3,
  nace_helper, employees, has_employees, employees_date, employees_nav_date,
  sector, registered_date, founded_date, start_date, owner_change_date,
  closed_date, articles_date, vat, vat_date, vat_entry_date,
  vat_voluntary_date, vat_voluntary, business_register,
  business_register_date, foundation_register, foundation_register_date,
  voluntary_register, voluntary_register_date, party_register,
  party_register_date, accounts_year, audit_waived_date,
  audit_waiver_decided_date, bankrupt, bankrupt_date, winding_up,
  winding_up_date, forced_winding_up, forced_no_deletion_date,
  forced_no_manager_date, forced_no_auditor_date, forced_no_accounts_date,
  forced_no_board_date, reconstruction_date, foreign_insolvency_date,
  language, purpose, activity, endorsements, in_group, capital,
  capital_shares, capital_type, capital_currency, capital_bound, capital_paid,
  capital_fully_paid, capital_date, home_number, home_register,
  home_register_country, home_register_place, home_register_lines, home_law,
  home_law_code, home_form, home_form_name)
SELECT
  orgnr, kind, row_hash, extract, response_class, name, former_names,
  legal_form, legal_form_ended, parent, deleted_date, email, website, phone,
  mobile, business_country, business_country_code, business_postcode,
  business_place, business_lines, business_municipality_name,
  business_municipality, location_country, location_country_code,
  location_postcode, location_place, location_lines,
  location_municipality_name, location_municipality, postal_country,
  postal_country_code, postal_postcode, postal_place, postal_lines,
  postal_municipality_name, postal_municipality, nace1, nace2, nace3,
  nace_helper, employees, has_employees, employees_date, employees_nav_date,
  sector, registered_date, founded_date, start_date, owner_change_date,
  closed_date, articles_date, vat, vat_date, vat_entry_date,
  vat_voluntary_date, vat_voluntary, business_register,
  business_register_date, foundation_register, foundation_register_date,
  voluntary_register, voluntary_register_date, party_register,
  party_register_date, accounts_year, audit_waived_date,
  audit_waiver_decided_date, bankrupt, bankrupt_date, winding_up,
  winding_up_date, forced_winding_up, forced_no_deletion_date,
  forced_no_manager_date, forced_no_auditor_date, forced_no_accounts_date,
  forced_no_board_date, reconstruction_date, foreign_insolvency_date,
  language, purpose, activity, endorsements, in_group, capital,
  capital_shares, capital_type, capital_currency, capital_bound, capital_paid,
  capital_fully_paid, capital_date, home_number, home_register,
  home_register_country, home_register_place, home_register_lines, home_law,
  home_law_code, home_form, home_form_name
FROM unit ORDER BY orgnr;
DROP TABLE unit;
ALTER TABLE unit_new RENAME TO unit;
CREATE TABLE unit_history_new (
  until INTEGER NOT NULL, orgnr INTEGER NOT NULL, kind INTEGER NOT NULL,
  row_hash INTEGER NOT NULL, extract INTEGER NOT NULL, response_class TEXT,
  name TEXT, former_names TEXT, legal_form TEXT, legal_form_ended INTEGER,
  parent INTEGER, deleted_date INTEGER, email TEXT, website TEXT, phone TEXT,
  mobile TEXT, business_country TEXT, business_country_code TEXT,
  business_postcode TEXT, business_place TEXT, business_lines TEXT,
  business_municipality_name TEXT, business_municipality TEXT,
  location_country TEXT, location_country_code TEXT, location_postcode TEXT,
  location_place TEXT, location_lines TEXT, location_municipality_name TEXT,
  location_municipality TEXT, postal_country TEXT, postal_country_code TEXT,
  postal_postcode TEXT, postal_place TEXT, postal_lines TEXT,
  postal_municipality_name TEXT, postal_municipality TEXT, nace1 INTEGER,
  nace2 INTEGER, nace3 INTEGER, nace_helper INTEGER, employees INTEGER,
  has_employees INTEGER, employees_date INTEGER, employees_nav_date INTEGER,
  sector TEXT, registered_date INTEGER, founded_date INTEGER, start_date
  INTEGER, owner_change_date INTEGER, closed_date INTEGER, articles_date
  INTEGER, vat INTEGER, vat_date INTEGER, vat_entry_date INTEGER,
  vat_voluntary_date INTEGER, vat_voluntary TEXT, business_register INTEGER,
  business_register_date INTEGER, foundation_register INTEGER,
  foundation_register_date INTEGER, voluntary_register INTEGER,
  voluntary_register_date INTEGER, party_register INTEGER, party_register_date
  INTEGER, accounts_year INTEGER, audit_waived_date INTEGER,
  audit_waiver_decided_date INTEGER, bankrupt INTEGER, bankrupt_date INTEGER,
  winding_up INTEGER, winding_up_date INTEGER, forced_winding_up INTEGER,
  forced_no_deletion_date INTEGER, forced_no_manager_date INTEGER,
  forced_no_auditor_date INTEGER, forced_no_accounts_date INTEGER,
  forced_no_board_date INTEGER, reconstruction_date INTEGER,
  foreign_insolvency_date INTEGER, language TEXT, purpose TEXT, activity TEXT,
  endorsements INTEGER, in_group INTEGER, capital REAL, capital_shares
  INTEGER, capital_type TEXT, capital_currency TEXT, capital_bound TEXT,
  capital_paid TEXT, capital_fully_paid TEXT, capital_date INTEGER,
  home_number TEXT, home_register TEXT, home_register_country TEXT,
  home_register_place TEXT, home_register_lines TEXT, home_law TEXT,
  home_law_code TEXT, home_form TEXT, home_form_name TEXT, PRIMARY KEY (orgnr,
  until)
) STRICT, WITHOUT ROWID;
INSERT INTO unit_history_new (
  until, orgnr, kind, row_hash, extract, response_class, name, former_names,
  legal_form, legal_form_ended, parent, deleted_date, email, website, phone,
  mobile, business_country, business_country_code, business_postcode,
  business_place, business_lines, business_municipality_name,
  business_municipality, location_country, location_country_code,
  location_postcode, location_place, location_lines,
  location_municipality_name, location_municipality, postal_country,
  postal_country_code, postal_postcode, postal_place, postal_lines,
  postal_municipality_name, postal_municipality, nace1, nace2, nace3,
  nace_helper, employees, has_employees, employees_date, employees_nav_date,
  sector, registered_date, founded_date, start_date, owner_change_date,
  closed_date, articles_date, vat, vat_date, vat_entry_date,
  vat_voluntary_date, vat_voluntary, business_register,
  business_register_date, foundation_register, foundation_register_date,
  voluntary_register, voluntary_register_date, party_register,
  party_register_date, accounts_year, audit_waived_date,
  audit_waiver_decided_date, bankrupt, bankrupt_date, winding_up,
  winding_up_date, forced_winding_up, forced_no_deletion_date,
  forced_no_manager_date, forced_no_auditor_date, forced_no_accounts_date,
  forced_no_board_date, reconstruction_date, foreign_insolvency_date,
  language, purpose, activity, endorsements, in_group, capital,
  capital_shares, capital_type, capital_currency, capital_bound, capital_paid,
  capital_fully_paid, capital_date, home_number, home_register,
  home_register_country, home_register_place, home_register_lines, home_law,
  home_law_code, home_form, home_form_name)
SELECT
  until, orgnr, kind, row_hash, extract, response_class, name, former_names,
  legal_form, legal_form_ended, parent, deleted_date, email, website, phone,
  mobile, business_country, business_country_code, business_postcode,
  business_place, business_lines, business_municipality_name,
  business_municipality, location_country, location_country_code,
  location_postcode, location_place, location_lines,
  location_municipality_name, location_municipality, postal_country,
  postal_country_code, postal_postcode, postal_place, postal_lines,
  postal_municipality_name, postal_municipality, nace1, nace2, nace3,
  nace_helper, employees, has_employees, employees_date, employees_nav_date,
  sector, registered_date, founded_date, start_date, owner_change_date,
  closed_date, articles_date, vat, vat_date, vat_entry_date,
  vat_voluntary_date, vat_voluntary, business_register,
  business_register_date, foundation_register, foundation_register_date,
  voluntary_register, voluntary_register_date, party_register,
  party_register_date, accounts_year, audit_waived_date,
  audit_waiver_decided_date, bankrupt, bankrupt_date, winding_up,
  winding_up_date, forced_winding_up, forced_no_deletion_date,
  forced_no_manager_date, forced_no_auditor_date, forced_no_accounts_date,
  forced_no_board_date, reconstruction_date, foreign_insolvency_date,
  language, purpose, activity, endorsements, in_group, capital,
  capital_shares, capital_type, capital_currency, capital_bound, capital_paid,
  capital_fully_paid, capital_date, home_number, home_register,
  home_register_country, home_register_place, home_register_lines, home_law,
  home_law_code, home_form, home_form_name
FROM unit_history;
DROP TABLE unit_history;
ALTER TABLE unit_history_new RENAME TO unit_history;
CREATE UNIQUE INDEX unit_orgnr ON unit (orgnr);
CREATE INDEX unit_nace1 ON unit (nace1, kind) WHERE deleted_date IS NULL;

-- -- contact: mail fetched from a mailbox
CREATE TABLE mailbox_mail (
  box TEXT NOT NULL,
  validity INTEGER NOT NULL,
  uid TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  fetched INTEGER NOT NULL,
  settled TEXT,
  PRIMARY KEY (box, validity, uid)
) STRICT, WITHOUT ROWID;

-- -- contact: what a person says of a returned mail, readings, mass failure
CREATE TABLE bounce_reading (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES bounce_message (id),
  kept INTEGER NOT NULL,
  superseded INTEGER NOT NULL CHECK (superseded IN (0, 1)),
  verdict TEXT NOT NULL
) STRICT;
CREATE INDEX bounce_reading_message ON bounce_reading (message);
CREATE TABLE bounce_mark (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES bounce_message (id),
  line INTEGER,
  what TEXT NOT NULL CHECK (what IN ('recipient', 'reason', 'hard', 'kind', 'reviewed')),
  value TEXT NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL,
  person INTEGER NOT NULL,
  undone INTEGER,
  undone_why TEXT,
  CHECK ((undone IS NULL) = (undone_why IS NULL))
) STRICT;
CREATE INDEX bounce_mark_message ON bounce_mark (message);
CREATE TABLE bounce_hold (
  id INTEGER PRIMARY KEY,
  mailing INTEGER NOT NULL REFERENCES mailing (id),
  since INTEGER NOT NULL,
  what TEXT NOT NULL,
  text TEXT NOT NULL,
  released INTEGER,
  released_why TEXT,
  UNIQUE (mailing, what),
  CHECK ((released IS NULL) = (released_why IS NULL))
) STRICT;

-- -- register: change feed
ALTER TABLE extract ADD COLUMN origin TEXT NOT NULL DEFAULT 'file' CHECK (origin IN ('file', 'feed'));
ALTER TABLE extract ADD COLUMN made INTEGER;
ALTER TABLE extract ADD COLUMN feed_start INTEGER;
ALTER TABLE extract ADD COLUMN held INTEGER;
ALTER TABLE extract ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
CREATE TABLE feed (
  kind TEXT PRIMARY KEY CHECK (kind IN ('enhet', 'underenhet')),
  extract INTEGER NOT NULL REFERENCES extract (id),
  start INTEGER NOT NULL,
  next INTEGER NOT NULL,
  asked INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_event (
  kind TEXT NOT NULL CHECK (kind IN ('enhet', 'underenhet')),
  id INTEGER NOT NULL,
  orgnr INTEGER,
  what TEXT NOT NULL,
  at INTEGER,
  looked INTEGER,
  tries INTEGER NOT NULL,
  why TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_event_orgnr ON feed_event (orgnr) WHERE orgnr IS NOT NULL;
CREATE INDEX feed_event_waits ON feed_event (kind) WHERE looked IS NULL;

-- -- erasure and suppression
CREATE TABLE tombstone (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  why TEXT NOT NULL CHECK (why IN ('removed', 'asked')),
  erased INTEGER NOT NULL,
  kind INTEGER,
  prn REAL NOT NULL,
  stratum TEXT NOT NULL,
  email_hash TEXT,
  files INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE erase_file (
  path TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE suppression_new (
  id INTEGER PRIMARY KEY,
  what TEXT NOT NULL CHECK (what IN ('email', 'orgnr', 'domain')),
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,
  study INTEGER REFERENCES study (id),
  added INTEGER NOT NULL,
  until INTEGER,
  source TEXT,
  UNIQUE (what, hash)
) STRICT;
INSERT INTO suppression_new SELECT id, what, hash, reason, study, added, NULL,
  NULL FROM suppression;
DROP TABLE suppression;
ALTER TABLE suppression_new RENAME TO suppression;

-- -- register: what an extract had, for the gates of the next
CREATE TABLE extract_count (
  extract INTEGER NOT NULL REFERENCES extract (id) ON DELETE CASCADE,
  what TEXT NOT NULL CHECK (what IN ('units', 'county', 'form', 'field')),
  name TEXT NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (extract, what, name)
) STRICT, WITHOUT ROWID;
-- -- retention of unit_history
ALTER TABLE extract ADD COLUMN history INTEGER NOT NULL DEFAULT 1;
-- -- which sum the rows of unit have
ALTER TABLE extract ADD COLUMN unit_hash INTEGER NOT NULL DEFAULT 1;

-- -- sample: steps after the draw
ALTER TABLE sample ADD COLUMN start REAL;
ALTER TABLE sample_unit ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
CREATE TABLE sample_step (
  sample INTEGER NOT NULL REFERENCES sample (id),
  step INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('draw', 'more', 'reserve')),
  at INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  units INTEGER NOT NULL,
  list_sha256 TEXT NOT NULL,
  replaced INTEGER REFERENCES sample_unit (id),
  why TEXT,
  PRIMARY KEY (sample, step)
) STRICT;

-- -- packages: where the units of a frame have gone
CREATE TABLE package (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES study (id),
  frame INTEGER NOT NULL REFERENCES frame (id),  -- whose units are in it
  path TEXT NOT NULL UNIQUE,        -- its folder; the zip file is beside it
  identified INTEGER NOT NULL CHECK (identified IN (0, 1)), -- it says who they are
  zip INTEGER NOT NULL CHECK (zip IN (0, 1)),
  made INTEGER NOT NULL,            -- moment
  sums_sha256 TEXT NOT NULL,        -- of its SHA256SUMS
  stale INTEGER                     -- moment a unit in it was erased; NULL: as it should be
) STRICT;
-- -- frame: signs of activity
ALTER TABLE frame_unit ADD COLUMN activity INTEGER;

-- -- lists beside the register
ALTER TABLE frame ADD COLUMN listed_review INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frame ADD COLUMN listed_local INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frame_unit ADD COLUMN email_from TEXT;
ALTER TABLE frame_unit ADD COLUMN email_other TEXT;
-- -- register: code lists from Klass
CREATE TABLE klass_sync (
  id INTEGER PRIMARY KEY,
  fetched INTEGER NOT NULL,
  checked INTEGER NOT NULL,
  url TEXT NOT NULL,
  codes TEXT NOT NULL,
  places TEXT NOT NULL
) STRICT;
CREATE TABLE klass_list (
  sync INTEGER NOT NULL REFERENCES klass_sync (id),
  name TEXT NOT NULL CHECK (name IN ('sn2007', 'sn2025', 'links', 'counties',
    'municipalities')),
  text TEXT NOT NULL,
  PRIMARY KEY (sync, name)
) STRICT;
CREATE TABLE klass_change (
  sync INTEGER NOT NULL REFERENCES klass_sync (id),
  number INTEGER NOT NULL,
  list TEXT NOT NULL,
  code TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('new', 'gone', 'edited')),
  field TEXT,
  was TEXT,
  is_now TEXT,
  PRIMARY KEY (sync, number)
) STRICT, WITHOUT ROWID;
