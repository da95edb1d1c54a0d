-- One row: what this member promised and how far it is.
CREATE TABLE member (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  term INTEGER NOT NULL,
  voted_for TEXT,
  incarnation INTEGER NOT NULL,
  halted_because TEXT,
  applied_index INTEGER NOT NULL,
  base_index INTEGER NOT NULL,
  base_term INTEGER NOT NULL,
  base_hash TEXT NOT NULL,
  base_stamp_ms INTEGER NOT NULL,
  base_configuration TEXT NOT NULL,
  promises TEXT NOT NULL
) STRICT;

-- Before everything; an empty configuration is filled in when the database is first opened.
INSERT INTO member VALUES (1, 0, NULL, 0, NULL, 0, 0, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, '', '{}');

-- Entries behind the base, without gaps.
CREATE TABLE log (
  idx INTEGER PRIMARY KEY NOT NULL,
  term INTEGER NOT NULL,
  hash TEXT NOT NULL,
  stamp_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE INDEX log_configuration ON log (idx) WHERE kind IN ('configuration', 'takeover');

-- The replicated state as applied up to member.applied_index; hash is the sha256 of value, bucket its place in the hash tree.
CREATE TABLE state (
  space TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  hash TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX state_bucket ON state (bucket);

-- What libp2p remembers of peers; local, never replicated, may be dropped.
CREATE TABLE datastore (
  id INTEGER PRIMARY KEY NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX datastore_key ON datastore (key);
