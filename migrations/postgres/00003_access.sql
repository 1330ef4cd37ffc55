-- Groups, links, guests, requests for access, offers of ownership, and the trash.

-- +goose Up
ALTER TABLE users ADD COLUMN guest boolean NOT NULL DEFAULT false;
-- Without the id: a user who is looked up by that would sometimes be looked for in all of this index.
CREATE INDEX users_created ON users (created_at DESC);

CREATE TABLE groups (
    id         uuid   NOT NULL PRIMARY KEY,
    name       text   NOT NULL UNIQUE,
    created_by uuid   NOT NULL, -- zero for the operator
    created_at bigint NOT NULL
);

CREATE TABLE links (
    id           uuid   NOT NULL PRIMARY KEY,
    document     uuid   NOT NULL REFERENCES documents,
    name         text   NOT NULL,
    hash         bytea  NOT NULL UNIQUE,
    created_by   uuid   NOT NULL,
    created_at   bigint NOT NULL,
    uses         bigint NOT NULL,
    last_used_at bigint NOT NULL
);
CREATE INDEX links_document ON links (document, created_at, id);

-- Who is in a group, or came by a link.
CREATE TABLE members (
    principal_kind smallint NOT NULL,
    principal      uuid     NOT NULL,
    user_id        uuid     NOT NULL REFERENCES users,
    added_by       uuid     NOT NULL,
    added_at       bigint   NOT NULL,
    PRIMARY KEY (principal, principal_kind, user_id)
);
CREATE INDEX members_user ON members (user_id, principal_kind, principal);

-- A row for each address that was granted something, by the hash of the address. Grants to it and the making of its account
-- hold it in turn.
CREATE TABLE addresses (
    id uuid NOT NULL PRIMARY KEY
);
ALTER TABLE grants ADD COLUMN address text NOT NULL DEFAULT '';

CREATE TABLE access_requests (
    id         uuid     NOT NULL PRIMARY KEY,
    document   uuid     NOT NULL REFERENCES documents,
    user_id    uuid     NOT NULL REFERENCES users,
    role       smallint NOT NULL,
    message    text     NOT NULL,
    created_at bigint   NOT NULL,
    expires_at bigint   NOT NULL,
    decided_at bigint   NOT NULL,
    decided_by uuid     NOT NULL,
    outcome    text     NOT NULL -- empty while it is open
);
CREATE UNIQUE INDEX access_requests_open ON access_requests (document, user_id) WHERE outcome = '';
CREATE INDEX access_requests_expiry ON access_requests (expires_at);

-- The minute of the last update changes seldom enough to be in an index: an append in the same minute still touches none.
ALTER TABLE documents
    ADD COLUMN offered_to     uuid   NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    ADD COLUMN updated_minute bigint NOT NULL GENERATED ALWAYS AS (updated_at / 60000000) STORED;
DROP INDEX documents_owner;
CREATE INDEX documents_owner ON documents (owner, updated_minute DESC) WHERE deleted_at = 0;
CREATE INDEX documents_recent ON documents (updated_minute DESC) WHERE deleted_at = 0;
CREATE INDEX documents_created ON documents (created_at DESC, id) WHERE deleted_at = 0;
CREATE INDEX documents_deleted ON documents (owner, deleted_at DESC, id) WHERE deleted_at <> 0;
CREATE INDEX documents_purge ON documents (deleted_at) WHERE deleted_at <> 0;
