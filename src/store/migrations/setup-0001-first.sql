CREATE TABLE setup (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  code_hash TEXT,
  code_expires_ms INTEGER NOT NULL,
  session_hash TEXT,
  draft TEXT NOT NULL
) STRICT;
