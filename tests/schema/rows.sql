-- A row of everything, as schema 1 holds it; all invented.
INSERT INTO extract VALUES (1, 'enhet', 'enheter_alle.json.gz', 20500, 'file', 1771200000, NULL, 1000, 'aa11', 'SN2025', 4, 3, 1, 3, 0, 0, 0, NULL);
INSERT INTO extract VALUES (2, 'enhet', 'https://register.example.no/enheter', 20501, 'header', 1771286400, '2026-abc', 1001, 'bb22', 'SN2025', 3, 2, 1, 0, 1, 0, 1, NULL);
INSERT INTO extract VALUES (3, 'enhet', 'broken.json.gz', 20502, 'file', 1771372800, NULL, 10, 'cc33', 'unknown', 0, 0, 0, 0, 0, 0, 0, 'not gzip');
INSERT INTO extract_fault VALUES (1, 17, '123', 'organisation number has 3 digits');
INSERT INTO unit (orgnr, kind, response_class, name, legal_form, email, nace1, employees, vat, capital, row_hash, extract) VALUES
 (974760673, 0, 'Enhet', 'EN PRØVE AS', 'AS', 'post@prove.example.no', 90201, 7, 1, 30000.5, 42, 2),
 (810059672, 0, 'Enhet', 'TO PRØVER -- "DA"', 'DA', NULL, NULL, NULL, 0, NULL, -9223372036854775807, 1),
 (910000004, 1, 'Underenhet', NULL, 'BEDR', 'post@avd.example.no', 0, NULL, NULL, NULL, 9223372036854775807, 1);
INSERT INTO unit_history (until, orgnr, kind, name, row_hash, extract) VALUES (2, 974760673, 0, 'EN PRØVE', 41, 1);
INSERT INTO domain VALUES ('prove.example.no', 'mx', 1771286400, 3600, '192.0.2.1', NULL), ('borte.example.no', 'no-domain', 1771286400, 60, '192.0.2.1', 1771200000);
INSERT INTO study VALUES (1, 'smaa', NULL, x'5b73747564795d00ff', '/srv/smaa', 'dd44', 1771290000);
INSERT INTO frame VALUES (1, 1, 1771290001, 2, NULL, 20501, 'bb22', 'dd44', '', 'ee55', '', 'v', 3, 1, 0, 0, 0, 0, 0, 2, 1);
INSERT INTO frame_unit (id, frame, unit_key, source, orgnr, name, group_name, area_name, email_raw, email, email_key, prn, kept, reason) VALUES
 (1, 1, '974760673', 'enhet', 974760673, 'EN PRØVE AS', 'kultur', 'nord', 'post@prove.example.no', 'post@prove.example.no', 'post@prove.example.no', 0.25, 1, NULL),
 (2, 1, '810059672', 'enhet', 810059672, 'TO PRØVER', 'kultur', 'nord', NULL, NULL, NULL, 0.5, 0, 'no_email');
INSERT INTO sample VALUES (1, 1, 1, 1771290002, 'everyone', 'ff66', 1, 'a7');
INSERT INTO sample_stratum VALUES (1, 'kultur', 1, 1);
INSERT INTO sample_unit VALUES (1, 1, 1, 'kultur', 1.0, 1.0, 'abcdefghijklmnopqrstuvwxyz');
INSERT INTO mailing VALUES (1, 1, 'invite', 1771290003, 'maildir:/srv/sent', 'svar@svar.example.no', 'b8');
INSERT INTO mailing_recipient VALUES (7, 1, 1, 'post@prove.example.no', 'post@prove.example.no', 'tok', 'sent', 1771290004, NULL);
INSERT INTO bounce_message VALUES (1, 'c9', 1771290005, 1771290006, 'svar+tok@svar.example.no', 'bounce', 1, 'token', 'ok', '<1@example.org>', '1.eml', 0, NULL);
INSERT INTO bounce VALUES (1, 1, 'post@prove.example.no', '5.1.1', 'no_user', 1, 'A', 'r1', 'No such user', 7, 'certain');
INSERT INTO answer VALUES (1, 1, 'd0', 1, 'token', 'complete', 1771290007, 0, 1, 2, 'svar.csv', 1771290008);
INSERT INTO answer_value VALUES (1, 'omsetning', '3');
INSERT INTO suppression VALUES (1, 'email', 'e1', 'opt-out', 1, 1771290009);
INSERT INTO disposition VALUES (1, 'complete', 1, 0, 0, 0, 0, '1.1', 'answered');
INSERT INTO event VALUES (1, 1771290010, 1, 'frozen', '2 units');
INSERT INTO run VALUES (1, 20752, 'pull enhet', 1792990000, 1792990000, 0, 'read 3');
