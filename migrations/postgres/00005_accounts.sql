-- How often something was tried, and what a token may not do.

-- +goose Up
CREATE TABLE tries (
    id         bigint NOT NULL PRIMARY KEY, -- what is counted
    expires_at bigint NOT NULL -- when nothing of it is left
);
CREATE INDEX tries_expiry ON tries (expires_at);

ALTER TABLE tokens ADD COLUMN withheld bigint NOT NULL DEFAULT 0; -- scopes, as bits of authz.Scope
