-- Moments are microseconds since 1970 UTC, and 0 stands for "never" or "not yet". What the log and its snapshots say is bytes
-- that Coscribe wrote, with their CRC-32C beside them.

-- +goose Up
CREATE TABLE users (
    id             uuid    NOT NULL PRIMARY KEY,
    email          text    NOT NULL,
    name           text    NOT NULL,
    password_hash  text    NOT NULL,
    instance_admin boolean NOT NULL,
    created_at     bigint  NOT NULL,
    suspended_at   bigint  NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> '';

CREATE TABLE sessions (
    id         uuid   NOT NULL PRIMARY KEY,
    hash       bytea  NOT NULL UNIQUE,
    user_id    uuid   REFERENCES users, -- null before sign-in
    data       bytea  NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at   bigint NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           uuid   NOT NULL PRIMARY KEY,
    hash         bytea  NOT NULL UNIQUE,
    user_id      uuid   NOT NULL REFERENCES users,
    name         text   NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    last_used_at bigint NOT NULL,
    revoked_at   bigint NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id, id);

CREATE TABLE tickets (
    hash            bytea  NOT NULL PRIMARY KEY,
    document        uuid   NOT NULL,
    user_id         uuid   NOT NULL,
    credential_kind text   NOT NULL,
    credential      uuid   NOT NULL,
    origin          text   NOT NULL,
    expires_at      bigint NOT NULL
);
CREATE INDEX tickets_credential ON tickets (credential, expires_at);
CREATE INDEX tickets_expiry ON tickets (expires_at);

CREATE TABLE invitations (
    id         uuid    NOT NULL PRIMARY KEY,
    hash       bytea   NOT NULL UNIQUE,
    email      text    NOT NULL,
    setup      boolean NOT NULL,
    created_by uuid    REFERENCES users, -- null for the set-up link
    created_at bigint  NOT NULL,
    expires_at bigint  NOT NULL,
    used_at    bigint  NOT NULL
);
CREATE UNIQUE INDEX invitations_setup ON invitations (setup) WHERE setup;
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- Every append updates its document's row. The room left in each page, and no index on what an append changes, let Postgres do
-- that in place.
CREATE TABLE documents (
    id             uuid    NOT NULL PRIMARY KEY,
    title          text    NOT NULL,
    owner          uuid    NOT NULL REFERENCES users,
    epoch          bigint  NOT NULL,
    head           bigint  NOT NULL,
    access_version bigint  NOT NULL,
    open_history   boolean NOT NULL,
    locked         boolean NOT NULL,
    created_at     bigint  NOT NULL,
    updated_at     bigint  NOT NULL,
    deleted_at     bigint  NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX documents_owner ON documents (owner);

CREATE TABLE grants (
    document       uuid     NOT NULL REFERENCES documents,
    principal_kind smallint NOT NULL,
    principal      uuid     NOT NULL, -- zero for everyone and anyone
    role           smallint NOT NULL,
    expires_at     bigint   NOT NULL,
    granted_by     uuid     NOT NULL,
    granted_at     bigint   NOT NULL,
    PRIMARY KEY (document, principal_kind, principal)
);
CREATE INDEX grants_principal ON grants (principal, principal_kind, document);

-- No foreign keys: an append holds the locks of the document's row and of its authors' rows while it inserts.
CREATE TABLE revisions (
    document uuid   NOT NULL,
    rev      bigint NOT NULL,
    edit     uuid   NOT NULL,
    author   uuid   NOT NULL,
    seat     uuid   NOT NULL, -- zero when it came over HTTP
    client   uuid   NOT NULL,
    seq      bigint NOT NULL,
    at       bigint NOT NULL,
    kind     text   NOT NULL,
    delta    bytea  NOT NULL,
    crc      bigint NOT NULL,
    PRIMARY KEY (document, rev),
    CONSTRAINT revisions_once UNIQUE (document, author, client, seq)
);

CREATE TABLE snapshots (
    document uuid   NOT NULL REFERENCES documents,
    rev      bigint NOT NULL,
    content  bytea  NOT NULL, -- zstd
    crc      bigint NOT NULL, -- of what it unpacks to
    PRIMARY KEY (document, rev)
);
ALTER TABLE snapshots ALTER COLUMN content SET STORAGE EXTERNAL;

-- What Store.Ready writes to.
CREATE TABLE readiness (
    id         smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    checked_at bigint   NOT NULL
);
INSERT INTO readiness (id, checked_at) VALUES (1, 0);
