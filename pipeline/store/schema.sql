-- schema -- the data dictionary of utvalg.
--
-- Dates are whole days since 1970-01-01; moments are seconds since then, UTC.
-- Organisation numbers, industry codes (90201 is 90.201) and municipality
-- numbers are integers.  Three kinds of table: the register, the studies, and
-- evidence, which is only ever added to.

PRAGMA user_version = 2;

-- ---------------------------------------------------------------- register --

-- What was fetched: one row for each extract that was taken into force, and
-- for each that was refused (why: refused).
CREATE TABLE extract (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('enhet', 'underenhet')),
  source TEXT NOT NULL,             -- URL, or the file's name without its folder
  register_date INTEGER NOT NULL,   -- the day the register looked like this
  date_basis TEXT NOT NULL CHECK (date_basis IN ('header', 'given', 'file', 'clock')),
  fetched INTEGER NOT NULL,         -- moment
  etag TEXT,                        -- as sent, opaque
  bytes INTEGER NOT NULL,           -- compressed
  sha256 TEXT NOT NULL,             -- of the compressed file
  standard TEXT NOT NULL CHECK (standard IN ('SN2007', 'SN2025', 'unknown')),
  read INTEGER NOT NULL,            -- records in the file
  units INTEGER NOT NULL,           -- of them taken into unit
  unreadable INTEGER NOT NULL,      -- of them listed in extract_fault
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  in_force INTEGER NOT NULL CHECK (in_force IN (0, 1)),
  refused TEXT,                     -- reason, NULL where it was taken
  format TEXT NOT NULL DEFAULT 'json' CHECK (format IN ('json', 'csv')),
  origin TEXT NOT NULL DEFAULT 'file' CHECK (origin IN ('file', 'feed')),
                                    -- a file; or what the change feed brought in a
                                    -- day (read: its events; sha256: of the file it
                                    -- goes on from; never in_force)
  made INTEGER,                     -- moment: nothing in the file is younger
  feed_start INTEGER,               -- where the change feed is to be read from after it,
                                    -- asked for before it was fetched; NULL: by its day
  held INTEGER,                     -- units of its kind in unit, where that is not units
  erased INTEGER NOT NULL DEFAULT 0,-- of read, left out for having been erased
  history INTEGER NOT NULL DEFAULT 1,-- 0: that register can no longer be read back
  unit_hash INTEGER NOT NULL DEFAULT 1 -- which unit_hash() it was loaded with
) STRICT;
CREATE UNIQUE INDEX extract_in_force ON extract (kind) WHERE in_force = 1;

-- Records of an extract that could not be read as a unit.  The first 1000 of
-- each extract; extract.unreadable counts all.
CREATE TABLE extract_fault (
  extract INTEGER NOT NULL REFERENCES extract (id),
  line INTEGER NOT NULL,            -- in the unpacked file
  orgnr TEXT,                       -- as written, NULL where there is none
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX extract_fault_extract ON extract_fault (extract);

-- How many units an extract had when it was taken into force: in all (what
-- 'units'), in a county (name: two digits, '' none), of a legal form ('' none),
-- and with a field (its column).  None is no row.
CREATE TABLE extract_count (
  extract INTEGER NOT NULL REFERENCES extract (id) ON DELETE CASCADE,
  what TEXT NOT NULL CHECK (what IN ('units', 'county', 'form', 'field')),
  name TEXT NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (extract, what, name)
) STRICT, WITHOUT ROWID;

-- Units as the register holds them today: one row for each organisation number
-- (enhet and underenhet share one range).  The columns are unit_fields[] of
-- pipeline/register/unit.c in its order (a test holds them equal); absent is NULL.
-- Rows lie as they came, and indexes are made from all of them: numbers come in no
-- order, and rows kept in theirs would cost a first load four times as much.
-- row_hash stands in front, where comparing two nights need not look further.
CREATE TABLE unit (
  orgnr INTEGER NOT NULL,           -- organisation number, nine digits, check digit right
  kind INTEGER NOT NULL,            -- 0 enhet (legal unit), 1 underenhet (place of business)
  row_hash INTEGER NOT NULL,        -- 64-bit sum of all fields, unit_hash()
  extract INTEGER NOT NULL,         -- it came to be as it is in
  response_class TEXT,              -- what the register calls the record: Enhet, Underenhet, SlettetEnhet
  name TEXT,                        -- name
  former_names TEXT,                -- earlier names, JSON: navn, fraDato, tilDato (local time)
  legal_form TEXT,                  -- legal form: AS, ENK, BEDR
  legal_form_ended INTEGER,         -- day the legal form went out of use
  parent INTEGER,                   -- organisation number of the unit above
  deleted_date INTEGER,             -- day it was deleted from the register
  email TEXT,                       -- e-mail address as registered
  website TEXT,                     -- web page as registered
  phone TEXT,                       -- telephone as registered
  mobile TEXT,                      -- mobile telephone as registered
  business_country TEXT,            -- business address (enhet): country
  business_country_code TEXT,       -- business address (enhet): country, two letters
  business_postcode TEXT,           -- business address (enhet): postcode, none abroad
  business_place TEXT,              -- business address (enhet): place; abroad with the postcode
  business_lines TEXT,              -- business address (enhet): lines, newline between them
  business_municipality_name TEXT,  -- business address (enhet): municipality, as the register writes it
  business_municipality TEXT,       -- business address (enhet): municipality number, four digits
  location_country TEXT,            -- location (underenhet): country
  location_country_code TEXT,       -- location (underenhet): country, two letters
  location_postcode TEXT,           -- location (underenhet): postcode, none abroad
  location_place TEXT,              -- location (underenhet): place; abroad with the postcode
  location_lines TEXT,              -- location (underenhet): lines, newline between them
  location_municipality_name TEXT,  -- location (underenhet): municipality, as the register writes it
  location_municipality TEXT,       -- location (underenhet): municipality number, four digits
  postal_country TEXT,              -- postal address: country
  postal_country_code TEXT,         -- postal address: country, two letters
  postal_postcode TEXT,             -- postal address: postcode, none abroad
  postal_place TEXT,                -- postal address: place; abroad with the postcode
  postal_lines TEXT,                -- postal address: lines, newline between them
  postal_municipality_name TEXT,    -- postal address: municipality, as the register writes it
  postal_municipality TEXT,         -- postal address: municipality number, four digits
  nace1 INTEGER,                    -- first industry code, five digits as a number; 0 is 00.000 Uoppgitt
  nace2 INTEGER,                    -- second industry code
  nace3 INTEGER,                    -- third industry code
  nace_helper INTEGER,              -- what it does for its own group; none of the three codes
  employees INTEGER,                -- employees; never 1 to 4, absent for 0 to 4
  has_employees INTEGER,            -- 1 with employees absent: 1 to 4; 0: none registered
  employees_date INTEGER,           -- day the number came into Enhetsregisteret
  employees_nav_date INTEGER,       -- day the number came into NAV Aa-registeret
  sector TEXT,                      -- institutional sector
  registered_date INTEGER,          -- day it came into Enhetsregisteret
  founded_date INTEGER,             -- day it was founded
  start_date INTEGER,               -- day it started (underenhet)
  owner_change_date INTEGER,        -- day it changed owner (underenhet)
  closed_date INTEGER,              -- day it closed (underenhet)
  articles_date INTEGER,            -- day of its articles
  vat INTEGER,                      -- in the VAT register; exempt trades are not
  vat_date INTEGER,                 -- day it came into the VAT register
  vat_entry_date INTEGER,           -- day Enhetsregisteret noted that
  vat_voluntary_date INTEGER,       -- day of voluntary VAT registration
  vat_voluntary TEXT,               -- what it is voluntarily registered for
  business_register INTEGER,        -- in Foretaksregisteret
  business_register_date INTEGER,   -- since
  foundation_register INTEGER,      -- in Stiftelsesregisteret
  foundation_register_date INTEGER, -- since
  voluntary_register INTEGER,       -- in Frivillighetsregisteret
  voluntary_register_date INTEGER,  -- since
  party_register INTEGER,           -- in Partiregisteret
  party_register_date INTEGER,      -- since
  accounts_year INTEGER,            -- year of the last accounts sent in
  audit_waived_date INTEGER,        -- no auditor since
  audit_waiver_decided_date INTEGER,-- day that was decided
  bankrupt INTEGER,                 -- bankrupt
  bankrupt_date INTEGER,            -- day of the ruling
  winding_up INTEGER,               -- being wound up
  winding_up_date INTEGER,          -- since
  forced_winding_up INTEGER,        -- being wound up or dissolved by force
  forced_no_deletion_date INTEGER,  -- by force: not deleted in time
  forced_no_manager_date INTEGER,   -- by force: no general manager
  forced_no_auditor_date INTEGER,   -- by force: no auditor
  forced_no_accounts_date INTEGER,  -- by force: no accounts
  forced_no_board_date INTEGER,     -- by force: board incomplete
  reconstruction_date INTEGER,      -- negotiating a reconstruction since
  foreign_insolvency_date INTEGER,  -- insolvent abroad since
  language TEXT,                    -- Bokmål or Nynorsk
  purpose TEXT,                     -- purpose in the articles
  activity TEXT,                    -- activity in its own words
  endorsements INTEGER,             -- number of endorsements
  in_group INTEGER,                 -- part of a group
  capital REAL,                     -- capital, in capital_currency
  capital_shares INTEGER,           -- number of shares
  capital_type TEXT,                -- kind of capital
  capital_currency TEXT,            -- its currency
  capital_bound TEXT,               -- bound, as written
  capital_paid TEXT,                -- paid in, as written
  capital_fully_paid TEXT,          -- fully paid in, as written
  capital_date INTEGER,             -- day it was entered
  home_number TEXT,                 -- number in its home country
  home_register TEXT,               -- register in its home country
  home_register_country TEXT,       -- that register: country
  home_register_place TEXT,         -- that register: place
  home_register_lines TEXT,         -- that register: lines
  home_law TEXT,                    -- country whose law it is under
  home_law_code TEXT,               -- two letters of that country
  home_form TEXT,                   -- legal form at home
  home_form_name TEXT               -- its name
) STRICT;
CREATE UNIQUE INDEX unit_orgnr ON unit (orgnr);
CREATE INDEX unit_nace1 ON unit (nace1, kind) WHERE deleted_date IS NULL;

-- What a unit was before it changed or left the register: the extract that it
-- was last in force before, and the same columns.  (The key's columns come
-- first: SQLite 3.40 takes any other order for damage when it checks.)
CREATE TABLE unit_history (
  until INTEGER NOT NULL,           -- first extract that no longer has it like this
  orgnr INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  row_hash INTEGER NOT NULL,
  extract INTEGER NOT NULL,
  response_class TEXT,
  name TEXT,
  former_names TEXT,
  legal_form TEXT,
  legal_form_ended INTEGER,
  parent INTEGER,
  deleted_date INTEGER,
  email TEXT,
  website TEXT,
  phone TEXT,
  mobile TEXT,
  business_country TEXT,
  business_country_code TEXT,
  business_postcode TEXT,
  business_place TEXT,
  business_lines TEXT,
  business_municipality_name TEXT,
  business_municipality TEXT,
  location_country TEXT,
  location_country_code TEXT,
  location_postcode TEXT,
  location_place TEXT,
  location_lines TEXT,
  location_municipality_name TEXT,
  location_municipality TEXT,
  postal_country TEXT,
  postal_country_code TEXT,
  postal_postcode TEXT,
  postal_place TEXT,
  postal_lines TEXT,
  postal_municipality_name TEXT,
  postal_municipality TEXT,
  nace1 INTEGER,
  nace2 INTEGER,
  nace3 INTEGER,
  nace_helper INTEGER,
  employees INTEGER,
  has_employees INTEGER,
  employees_date INTEGER,
  employees_nav_date INTEGER,
  sector TEXT,
  registered_date INTEGER,
  founded_date INTEGER,
  start_date INTEGER,
  owner_change_date INTEGER,
  closed_date INTEGER,
  articles_date INTEGER,
  vat INTEGER,
  vat_date INTEGER,
  vat_entry_date INTEGER,
  vat_voluntary_date INTEGER,
  vat_voluntary TEXT,
  business_register INTEGER,
  business_register_date INTEGER,
  foundation_register INTEGER,
  foundation_register_date INTEGER,
  voluntary_register INTEGER,
  voluntary_register_date INTEGER,
  party_register INTEGER,
  party_register_date INTEGER,
  accounts_year INTEGER,
  audit_waived_date INTEGER,
  audit_waiver_decided_date INTEGER,
  bankrupt INTEGER,
  bankrupt_date INTEGER,
  winding_up INTEGER,
  winding_up_date INTEGER,
  forced_winding_up INTEGER,
  forced_no_deletion_date INTEGER,
  forced_no_manager_date INTEGER,
  forced_no_auditor_date INTEGER,
  forced_no_accounts_date INTEGER,
  forced_no_board_date INTEGER,
  reconstruction_date INTEGER,
  foreign_insolvency_date INTEGER,
  language TEXT,
  purpose TEXT,
  activity TEXT,
  endorsements INTEGER,
  in_group INTEGER,
  capital REAL,
  capital_shares INTEGER,
  capital_type TEXT,
  capital_currency TEXT,
  capital_bound TEXT,
  capital_paid TEXT,
  capital_fully_paid TEXT,
  capital_date INTEGER,
  home_number TEXT,
  home_register TEXT,
  home_register_country TEXT,
  home_register_place TEXT,
  home_register_lines TEXT,
  home_law TEXT,
  home_law_code TEXT,
  home_form TEXT,
  home_form_name TEXT,
  PRIMARY KEY (orgnr, until)
) STRICT, WITHOUT ROWID;

-- Where the change feed of each register has been read to.
CREATE TABLE feed (
  kind TEXT PRIMARY KEY CHECK (kind IN ('enhet', 'underenhet')),
  extract INTEGER NOT NULL REFERENCES extract (id), -- file that it goes on from
  start INTEGER NOT NULL,           -- id it was read from first
  next INTEGER NOT NULL,            -- all events before this id have been acted on,
                                    -- or wait in feed_event
  asked INTEGER                     -- moment the feed was last read to its end
) STRICT, WITHOUT ROWID;

-- Events of the change feeds that have been read.  Old ones are forgotten, but
-- for those that removed a unit: they must not act twice.
CREATE TABLE feed_event (
  kind TEXT NOT NULL CHECK (kind IN ('enhet', 'underenhet')), -- the feed's
  id INTEGER NOT NULL,              -- oppdateringsid
  orgnr INTEGER,                    -- NULL: removed, or not a right number
  what TEXT NOT NULL,               -- endringstype, as sent
  at INTEGER,                       -- moment of publication
  looked INTEGER,                   -- moment it was acted on; NULL: waits, is tried again
  tries INTEGER NOT NULL,           -- look-ups that failed
  why TEXT,                         -- the last failure; idle: nothing to look up;
                                    -- NULL: was looked up
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_event_orgnr ON feed_event (orgnr) WHERE orgnr IS NOT NULL;
CREATE INDEX feed_event_waits ON feed_event (kind) WHERE looked IS NULL;

-- Units that have been erased.  What studies counted stays, without saying who
-- it was: their orgnr is -id there, their unit_key 'erased:' and a part of the
-- hash; what unit_history needs for tables stays under -id.
CREATE TABLE tombstone (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,        -- HMAC-SHA256 under keys/suppression of 'orgnr:' and digits
  why TEXT NOT NULL CHECK (why IN ('removed', 'asked')), -- by the register; on request
  erased INTEGER NOT NULL,          -- moment
  kind INTEGER,                     -- 0 enhet, 1 underenhet; NULL: was not held
  prn REAL NOT NULL,                -- permanent random number
  stratum TEXT NOT NULL,            -- legal form/county/two digits of industry code
  email_hash TEXT,                  -- of its address, where no other unit has that
  files INTEGER NOT NULL DEFAULT 0  -- 1: kept extracts have been rewritten without it
) STRICT;

-- Files that hold an erased unit and are to go: removed right after the
-- transaction, or by the next run.
CREATE TABLE erase_file (
  path TEXT PRIMARY KEY             -- beneath the state folder
) STRICT, WITHOUT ROWID;

-- What the domain name system said of the domains of addresses: the last
-- answer that was one ("unknown" is never kept).
CREATE TABLE domain (
  name TEXT PRIMARY KEY,            -- A-labels, lower case
  verdict TEXT NOT NULL CHECK (verdict IN ('mx', 'fallback', 'null-mx',
    'no-mail', 'no-domain')),
  asked INTEGER NOT NULL,           -- moment
  ttl INTEGER NOT NULL,             -- seconds it counts from then
  resolver TEXT NOT NULL,           -- the servers that were asked
  absent INTEGER,                   -- no-domain: moment it was first seen so, with
                                    -- no other answer since; it leaves nobody out
                                    -- before it is seen so on a later day
  CHECK ((verdict = 'no-domain') = (absent IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Code lists that were fetched from Klass; the newest are in use, and those
-- compiled in where there are none.  fetched and checked are moments: when they
-- were new, and when last found unchanged.
CREATE TABLE klass_sync (
  id INTEGER PRIMARY KEY,
  fetched INTEGER NOT NULL,
  checked INTEGER NOT NULL,
  url TEXT NOT NULL,
  codes TEXT NOT NULL,
  places TEXT NOT NULL
) STRICT;

-- The lists, in the form of nace/data.
CREATE TABLE klass_list (
  sync INTEGER NOT NULL REFERENCES klass_sync (id),
  name TEXT NOT NULL CHECK (name IN ('sn2007', 'sn2025', 'links', 'counties',
    'municipalities')),
  text TEXT NOT NULL,
  PRIMARY KEY (sync, name)
) STRICT;

-- What was different from the lists in use before: codes edited in place too.
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

-- ----------------------------------------------------------------- studies --

CREATE TABLE study (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  owner INTEGER,                    -- user id of who handed it in; NULL: the administrator
  file BLOB NOT NULL,               -- the study file as last used, octet by octet
  folder TEXT NOT NULL,             -- where it lay, for lists and templates
  file_sha256 TEXT NOT NULL,
  created INTEGER NOT NULL,         -- moment
  drawn_sha256 TEXT                 -- hash of the file that frame and draw were made with,
                                    -- where its texts have been renewed since; else NULL
) STRICT;

-- The population, frozen.  The newest frame of a study is the one in use.
CREATE TABLE frame (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES study (id),
  frozen INTEGER NOT NULL,          -- moment
  extract_enhet INTEGER REFERENCES extract (id),
  extract_underenhet INTEGER REFERENCES extract (id),
  register_date INTEGER NOT NULL,
  extract_sha256 TEXT NOT NULL,     -- of the extracts, joined with '+'
  study_sha256 TEXT NOT NULL,
  lists_sha256 TEXT NOT NULL,       -- of the lists, exclusions and corrections, '' for none
  suppression_sha256 TEXT NOT NULL, -- of the suppression list as used
  dns_sha256 TEXT NOT NULL DEFAULT '',  -- of the domains that left units out, with
                                    -- the verdicts; '' where none were asked for
  code_version TEXT NOT NULL,       -- of the code lists and the e-mail rules
  register_units INTEGER NOT NULL,  -- live units looked at
  outside_code INTEGER NOT NULL,    -- of them outside the codes: counts only
  outside_area INTEGER NOT NULL,    -- in the codes, outside the areas
  outside_filter INTEGER NOT NULL,  -- in both, outside the filters
  listed INTEGER NOT NULL,          -- rows of the lists
  listed_matched INTEGER NOT NULL,  -- of them found in the register's population
  listed_outside INTEGER NOT NULL,  -- of them outside the areas, not to be used, or waiting
  population INTEGER NOT NULL,      -- rows of frame_unit
  kept INTEGER NOT NULL,
  listed_review INTEGER NOT NULL DEFAULT 0, -- of listed_outside, waiting for a decision
  listed_local INTEGER NOT NULL DEFAULT 0   -- of the population, listed without a number
) STRICT;

-- One row for each unit of the population, kept or left out for one reason.
-- Order of reasons: bankrupt, excluded, suppressed, quarantine, no_email,
-- email_unusable, email_review, one_firm, duplicate.
CREATE TABLE frame_unit (
  id INTEGER PRIMARY KEY,
  frame INTEGER NOT NULL REFERENCES frame (id),
  unit_key TEXT NOT NULL,           -- '974760673', or 'list:NAME:IDENTITY'
  source TEXT NOT NULL,             -- 'enhet', 'underenhet', 'list:NAME'
  orgnr INTEGER,                    -- NULL for listed units without one
  parent INTEGER,                   -- underenhet: its enhet
  name TEXT NOT NULL,
  legal_form TEXT,
  nace INTEGER,                     -- the code it was found by, 0 for lists
  municipality INTEGER,
  county INTEGER,
  group_name TEXT NOT NULL,         -- study's [group NAME]
  area_name TEXT NOT NULL,          -- study's [area NAME]
  employees INTEGER,                -- count where the register has it
  has_employees INTEGER,            -- 0, 1, NULL
  email_raw TEXT,                   -- as registered
  email TEXT,                       -- as sent to
  email_key TEXT,                   -- for duplicates, bounces, suppression
  email_note TEXT,                  -- codes of repairs and flags, comma between
  prn REAL NOT NULL,                -- permanent random number, 0 <= prn < 1
  kept INTEGER NOT NULL CHECK (kept IN (0, 1)),
  reason TEXT,                      -- code; NULL where kept
  detail TEXT,                      -- e.g. the e-mail fault's code
  keeper TEXT,                      -- one_firm, duplicate: unit_key that is invited
  shared INTEGER NOT NULL DEFAULT 1,-- units of this address within the frame
  activity INTEGER,                 -- points of activity (rules of the register, section
                                    -- 11); NULL: not in the register, or an older frame
  email_from TEXT,                  -- email_raw is of: 'register', 'list:NAME'
  email_other TEXT,                 -- the address that the other of the two has
  UNIQUE (frame, unit_key),
  CHECK ((kept = 1) = (reason IS NULL))
) STRICT;
CREATE INDEX frame_unit_reason ON frame_unit (frame, kept, reason);

-- A draw.  One for each study.
CREATE TABLE sample (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL UNIQUE REFERENCES study (id),
  frame INTEGER NOT NULL REFERENCES frame (id),
  drawn INTEGER NOT NULL,           -- moment
  design TEXT NOT NULL,
  salt_sha256 TEXT NOT NULL,        -- hash of the salt, never the salt
  units INTEGER NOT NULL,
  list_sha256 TEXT NOT NULL,        -- of the drawn unit keys, sorted, a line each; units and
                                    -- this are as of the last step
  start REAL                        -- where the turn of numbers began; NULL: drawn before it was kept
) STRICT;

-- Strata of the draw (rules of sampling: N_h, n_h).
CREATE TABLE sample_stratum (
  sample INTEGER NOT NULL REFERENCES sample (id),
  stratum TEXT NOT NULL,
  frame_units INTEGER NOT NULL,
  drawn_units INTEGER NOT NULL,
  PRIMARY KEY (sample, stratum)
) STRICT;

CREATE TABLE sample_unit (
  id INTEGER PRIMARY KEY,
  sample INTEGER NOT NULL REFERENCES sample (id),
  frame_unit INTEGER NOT NULL UNIQUE REFERENCES frame_unit (id),
  stratum TEXT NOT NULL,
  pi REAL NOT NULL,                 -- inclusion probability
  weight REAL NOT NULL,             -- 1/pi, times units that share the address
  token TEXT NOT NULL UNIQUE,       -- access to the survey: 26 base32 letters, random
  step INTEGER NOT NULL DEFAULT 0   -- by which step it came in; 0: the draw
) STRICT;
CREATE INDEX sample_unit_sample ON sample_unit (sample);

-- Units drawn after the draw.  None where there was no such step; else the draw as
-- it was (step 0), then the steps.
CREATE TABLE sample_step (
  sample INTEGER NOT NULL REFERENCES sample (id),
  step INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('draw', 'more', 'reserve')),
  at INTEGER NOT NULL,              -- moment
  asked INTEGER NOT NULL,           -- units more
  units INTEGER NOT NULL,           -- in all after it
  list_sha256 TEXT NOT NULL,        -- of all after it
  replaced INTEGER REFERENCES sample_unit (id), -- reserve: for whom it came in
  why TEXT,                         -- in that person's words
  PRIMARY KEY (sample, step)
) STRICT;

-- A wave of invitations or reminders.
CREATE TABLE mailing (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES study (id),
  wave TEXT NOT NULL,               -- 'invite', 'reminder', 'reminder-2', ...; each with its own tokens
  planned INTEGER NOT NULL,         -- moment; Date and the token's day are of it
  out TEXT NOT NULL,                -- where it goes: 'maildir:/FOLDER', 'csv:/FILE'; the same for
                                    -- every run, so that nobody gets two
  bounce TEXT NOT NULL,             -- NAME@DOMAIN that returns come to
  template_sha256 TEXT NOT NULL,
  UNIQUE (study, wave)
) STRICT;

-- planned -> sent, in groups; or over SMTP, one by one,
--
--   planned ----> handing -> sent       the server took it
--      ^             |  `--> rejected   never: a row in bounce says why
--      |             |  `--> uncertain  nobody knows; a person says: sent, or again
--   deferred <-------'                  not now: the next run tries again
--
-- A run that finds `handing` was preceded by one that died there: uncertain.
-- id is the recipient number in the signed return address.
CREATE TABLE mailing_recipient (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailing INTEGER NOT NULL REFERENCES mailing (id),
  sample_unit INTEGER NOT NULL REFERENCES sample_unit (id),
  address TEXT NOT NULL,
  email_key TEXT NOT NULL,
  return_token TEXT,                -- of the envelope sender; set right after the insert
  state TEXT NOT NULL CHECK (state IN ('planned', 'handing', 'sent', 'deferred',
    'rejected', 'uncertain')),
  sent INTEGER,                     -- moment it was safely handed over; handing,
                                    -- rejected, uncertain: that it was tried
  reply TEXT,                       -- the mail server's last answer, at most 500 characters
  UNIQUE (mailing, sample_unit)
) STRICT;
CREATE INDEX mailing_recipient_key ON mailing_recipient (email_key);
CREATE INDEX mailing_recipient_unit ON mailing_recipient (sample_unit);

-- ---------------------------------------------------------------- evidence --

-- One row for each different mail that came back.
CREATE TABLE bounce_message (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,      -- of the mail without the spool's envelope lines; of
                                    -- envelope_to and mail where the octets came twice
  received INTEGER NOT NULL,        -- moment: the spool's record, else the mail's topmost
                                    -- Received, else of reading
  read INTEGER NOT NULL,            -- moment
  envelope_to TEXT,                 -- envelope recipient, where the hook knew it
  kind TEXT NOT NULL,               -- bounce delayed delivered auto-reply feedback mdn challenge other broken
  study INTEGER REFERENCES study (id),    -- NULL: unassigned
  assigned TEXT NOT NULL,           -- how: token, address, bounce-address, message-id, ref, none
  token_state TEXT,                 -- ok, bad-mac, unknown-key, expired; NULL: no token seen
  message_id TEXT,                  -- of the mail itself: the same report twice is one
  file TEXT NOT NULL,               -- name in the archive folder of the spool
  review INTEGER NOT NULL DEFAULT 0,-- waits for a person
  note TEXT                         -- limits that were met, and the like
) STRICT;
CREATE INDEX bounce_message_study ON bounce_message (study);

-- One row for each recipient that a mail reports on; one with address NULL for
-- a bounce that names none.
CREATE TABLE bounce (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES bounce_message (id),
  address TEXT,                     -- that failed, as reported
  status TEXT,                      -- RFC 3463, as reported, or NULL
  reason TEXT NOT NULL,             -- rules of returned mail, section 5
  hard INTEGER NOT NULL CHECK (hard IN (0, 1)),
  fault TEXT NOT NULL,              -- A R S N or -
  rule TEXT NOT NULL,               -- that decided
  text TEXT,                        -- it decided on, at most 500 characters
  recipient INTEGER REFERENCES mailing_recipient (id),  -- NULL: not located
  located TEXT NOT NULL             -- certain, address, ambiguous, none
) STRICT;
CREATE INDEX bounce_message_id ON bounce (message);
CREATE INDEX bounce_recipient ON bounce (recipient);

-- What a returned mail was taken to say before it is said otherwise: superseded,
-- by rules of another day (utvalg bounces --replay); or what the rules say of it,
-- beneath what a person has said (bounce_mark).  Only added to, but for the
-- latter, which there is once a mail.
CREATE TABLE bounce_reading (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES bounce_message (id),
  kept INTEGER NOT NULL,            -- moment it was put here
  superseded INTEGER NOT NULL CHECK (superseded IN (0, 1)),
  verdict TEXT NOT NULL             -- JSON: columns of bounce_message, its rows of bounce
) STRICT;
CREATE INDEX bounce_reading_message ON bounce_reading (message);

-- What a person says of a returned mail.  It stands over every reading until it
-- is undone.
CREATE TABLE bounce_mark (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES bounce_message (id),
  line INTEGER,                     -- which of the mail's rows of bounce, from 1; NULL: all
  what TEXT NOT NULL CHECK (what IN ('recipient', 'reason', 'hard', 'kind', 'reviewed')),
  value TEXT NOT NULL,              -- recipient number, word, 0 or 1, kind, ''
  why TEXT NOT NULL,                -- in that person's words
  at INTEGER NOT NULL,              -- moment
  person INTEGER NOT NULL,          -- user id
  undone INTEGER,                   -- moment; NULL: it stands
  undone_why TEXT,
  CHECK ((undone IS NULL) = (undone_why IS NULL))
) STRICT;
CREATE INDEX bounce_mark_message ON bounce_mark (message);

-- Mailings of which so much came back, or in such a way, that new returns mark
-- nobody until a person has looked (rules of returned mail, section 9).
CREATE TABLE bounce_hold (
  id INTEGER PRIMARY KEY,
  mailing INTEGER NOT NULL REFERENCES mailing (id),
  since INTEGER NOT NULL,           -- moment; returns read from then on are held
  what TEXT NOT NULL,               -- ours, provider, host, hard
  text TEXT NOT NULL,               -- in words
  released INTEGER,                 -- moment; NULL: held
  released_why TEXT,
  UNIQUE (mailing, what),           -- what was released once is not held again
  CHECK ((released IS NULL) = (released_why IS NULL))
) STRICT;

-- Mails that have been fetched from a mailbox on a server, so that none is
-- fetched twice.
CREATE TABLE mailbox_mail (
  box TEXT NOT NULL,                -- URL, user and folder
  validity INTEGER NOT NULL,        -- IMAP's UIDVALIDITY, 0 with POP3
  uid TEXT NOT NULL,                -- UID; with POP3 its unique-id
  sha256 TEXT NOT NULL,             -- of the mail
  fetched INTEGER NOT NULL,         -- moment
  settled TEXT,                     -- done there when it was safe: seen, move, delete; NULL: not yet
  PRIMARY KEY (box, validity, uid)
) STRICT, WITHOUT ROWID;

-- Ikke lokalisert: a bounce for good that could not be tied to a recipient, but
-- shows evidence that it is ours.  A token that is expired, forged or of a lost
-- key is no such evidence.  One row for each different report.
CREATE VIEW not_located AS
  SELECT m.study AS study, coalesce(m.message_id, m.sha256) AS report
  FROM bounce_message m
  WHERE m.kind = 'bounce' AND m.study IS NOT NULL AND m.token_state IS NULL
    AND m.assigned IN ('bounce-address', 'message-id', 'ref')
    AND EXISTS (SELECT 1 FROM bounce b WHERE b.message = m.id AND b.hard = 1)
    AND NOT EXISTS (SELECT 1 FROM bounce b WHERE b.message = m.id
      AND b.recipient IS NOT NULL)
  GROUP BY 1, 2;

-- One row for each row of a survey platform's export that was read.
CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES study (id),
  row_sha256 TEXT NOT NULL,         -- of the row: the same row twice is one
  sample_unit INTEGER REFERENCES sample_unit (id),  -- NULL: nobody we know
  matched TEXT NOT NULL,            -- token, email, orgnr, none, ambiguous
  status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'refused', 'screened', 'unknown')),
  answered INTEGER,                 -- moment, NULL where the export has none
  late INTEGER NOT NULL DEFAULT 0,  -- after the deadline
  used INTEGER NOT NULL DEFAULT 0,  -- this one stands for its unit
  line INTEGER NOT NULL,            -- in the file it was first read from
  file TEXT NOT NULL,               -- that file's name without its folder; 'by hand': an opt-out that
                                    -- a person was told
  read INTEGER NOT NULL,            -- moment
  UNIQUE (study, row_sha256)
) STRICT;
CREATE INDEX answer_unit ON answer (sample_unit);

-- The other columns of that row.
CREATE TABLE answer_value (
  answer INTEGER NOT NULL REFERENCES answer (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (answer, name)
) STRICT, WITHOUT ROWID;

-- Addresses, units and domains that are not to be written to, as keyed hashes,
-- so that they survive erasure (HMAC-SHA256 under keys/suppression).
CREATE TABLE suppression (
  id INTEGER PRIMARY KEY,
  what TEXT NOT NULL CHECK (what IN ('email', 'orgnr', 'domain')),
  hash TEXT NOT NULL,
  reason TEXT NOT NULL,             -- opt-out, hard-bounce, manual, erased, refused
  study INTEGER REFERENCES study (id),
  added INTEGER NOT NULL,           -- moment
  until INTEGER,                    -- last day that it counts; NULL: for good
  source TEXT,                      -- who or what said so, in a person's words
  UNIQUE (what, hash)
) STRICT;

-- The state of each drawn unit, derived from the evidence above and written
-- anew, in the same transaction, whenever evidence is added (contact stage).
-- Precedence: answered > partial > refused > not_eligible > returned > sent >
-- not_sent.
CREATE TABLE disposition (
  sample_unit INTEGER PRIMARY KEY REFERENCES sample_unit (id),
  state TEXT NOT NULL CHECK (state IN ('complete', 'partial', 'refused',
    'not_eligible', 'returned', 'sent', 'not_sent')),
  sent INTEGER NOT NULL,            -- an invitation was handed over: 0, 1
  returned INTEGER NOT NULL,        -- counts as Retur: 0, 1
  our_fault INTEGER NOT NULL,       -- its only failures are our sending's: 0, 1
  review INTEGER NOT NULL,          -- a return waits for a second or a person: 0, 1
  late INTEGER NOT NULL,            -- answered after the deadline only: 0, 1
  aapor TEXT NOT NULL,              -- '1.1', '3.19' ...
  why TEXT NOT NULL                 -- the rule that decided
) STRICT;

-- What happened, for people: append only, no names and no addresses.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,              -- moment
  study INTEGER REFERENCES study (id),
  what TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- Packages that were laid out, so that an erasure can name those to be made again
-- (pipeline/package.h).
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

-- The journal of the night: one row for each step of each run.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  night INTEGER NOT NULL,           -- day
  step TEXT NOT NULL,               -- 'pull enhet', 'bounces', 'tables NAME'
  started INTEGER NOT NULL,
  ended INTEGER,                    -- NULL: running, or killed
  status INTEGER,                   -- exit status of the step
  text TEXT,                        -- its error or result, a line
  UNIQUE (night, step)
) STRICT;
