-- Groups, links, guests, requests for access, offers of ownership, and the trash.

-- +goose Up
ALTER TABLE users ADD COLUMN guest integer NOT NULL DEFAULT 0;
CREATE INDEX users_created ON users (created_at DESC, id);

CREATE TABLE groups (
    id         blob    NOT NULL PRIMARY KEY,
    name       text    NOT NULL UNIQUE,
    created_by blob    NOT NULL, -- zero for the operator
    created_at integer NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
    id           blob    NOT NULL PRIMARY KEY,
    document     blob    NOT NULL REFERENCES documents,
    name         text    NOT NULL,
    hash         blob    NOT NULL UNIQUE,
    created_by   blob    NOT NULL,
    created_at   integer NOT NULL,
    uses         integer NOT NULL,
    last_used_at integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_document ON links (document, created_at, id);

-- Who is in a group, or came by a link.
CREATE TABLE members (
    principal_kind integer NOT NULL,
    principal      blob    NOT NULL,
    user_id        blob    NOT NULL REFERENCES users,
    added_by       blob    NOT NULL,
    added_at       integer NOT NULL,
    PRIMARY KEY (principal, principal_kind, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id, principal_kind, principal);

-- A row for each address that was granted something, by the hash of the address. Grants to it and the making of its account
-- hold it in turn.
CREATE TABLE addresses (
    id blob NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
ALTER TABLE grants ADD COLUMN address text NOT NULL DEFAULT '';

CREATE TABLE access_requests (
    id         blob    NOT NULL PRIMARY KEY,
    document   blob    NOT NULL REFERENCES documents,
    user_id    blob    NOT NULL REFERENCES users,
    role       integer NOT NULL,
    message    text    NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL,
    decided_at integer NOT NULL,
    decided_by blob    NOT NULL,
    outcome    text    NOT NULL -- empty while it is open
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_requests_open ON access_requests (document, user_id) WHERE outcome = '';
CREATE INDEX access_requests_expiry ON access_requests (expires_at);

-- The minute of the last update changes seldom: an append in the same minute touches no index.
ALTER TABLE documents ADD COLUMN offered_to blob NOT NULL DEFAULT x'00000000000000000000000000000000';
ALTER TABLE documents ADD COLUMN updated_minute integer GENERATED ALWAYS AS (updated_at / 60000000) VIRTUAL;
DROP INDEX documents_owner;
CREATE INDEX documents_owner ON documents (owner, updated_minute DESC) WHERE deleted_at = 0;
CREATE INDEX documents_recent ON documents (updated_minute DESC) WHERE deleted_at = 0;
CREATE INDEX documents_created ON documents (created_at DESC, id) WHERE deleted_at = 0;
CREATE INDEX documents_deleted ON documents (owner, deleted_at DESC, id) WHERE deleted_at <> 0;
CREATE INDEX documents_purge ON documents (deleted_at) WHERE deleted_at <> 0;
