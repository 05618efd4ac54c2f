CREATE TABLE entries (
  id bigserial PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  file text NOT NULL UNIQUE,
  sha256 text NOT NULL
);
