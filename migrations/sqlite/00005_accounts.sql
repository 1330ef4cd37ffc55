-- How often something was tried, and what a token may not do.

-- +goose Up
CREATE TABLE tries (
    id         integer NOT NULL PRIMARY KEY, -- what is counted
    expires_at integer NOT NULL -- when nothing of it is left
) STRICT;
CREATE INDEX tries_expiry ON tries (expires_at);

ALTER TABLE tokens ADD COLUMN withheld integer NOT NULL DEFAULT 0; -- scopes, as bits of authz.Scope
