-- Who did what. Each row's hash covers the row and the hash of the row before it in its chain: a document's, or the instance's,
-- which has the zero id. Rows are only ever added. A head says where its chain ends.

-- +goose Up
CREATE TABLE audit (
    chain           uuid    NOT NULL,
    n               bigint  NOT NULL,
    at              bigint  NOT NULL,
    actor           uuid    NOT NULL, -- zero for the operator
    credential_kind text    NOT NULL,
    credential      uuid    NOT NULL,
    on_behalf       uuid    NOT NULL,
    action          text    NOT NULL,
    target          text    NOT NULL,
    before          text    NOT NULL,
    after           text    NOT NULL,
    reason          text    NOT NULL,
    from_address    text    NOT NULL,
    request         text    NOT NULL,
    hash            bytea   NOT NULL,
    PRIMARY KEY (chain, n)
);
CREATE INDEX audit_at ON audit (at, chain, n);
CREATE INDEX audit_actor ON audit (actor, at, chain, n);

CREATE TABLE audit_heads (
    chain   uuid    NOT NULL PRIMARY KEY,
    n       bigint  NOT NULL,
    at      bigint  NOT NULL,
    hash    bytea   NOT NULL,
    day     bigint  NOT NULL, -- since 1970, on which the notices were written
    notices bigint  NOT NULL
);

-- What holds for the whole instance: one row.
CREATE TABLE policy (
    id                 smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    version            bigint  NOT NULL, -- changes with every change of the row
    link_role          smallint NOT NULL, -- the highest that a link, or anyone, may be given
    anonymous          boolean NOT NULL,
    expiry_days        bigint  NOT NULL, -- 0: what has no account may be granted for ever
    only_admins_create boolean NOT NULL,
    domains            text    NOT NULL -- separated by spaces; empty: any
);
INSERT INTO policy (id, version, link_role, anonymous, expiry_days, only_admins_create, domains)
VALUES (1, 1, 3, true, 0, false, '');
