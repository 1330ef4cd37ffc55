-- Writes an Append of one edit, as append_whole.sql writes many: with values in the place of arrays it takes the server less
-- to begin and to do. What is said there holds here.
--
-- $1–$4 are the document and what is expected of it, $5 the author, $6 the credential, $7 when the right ends by itself, and
-- $8–$16 the rest of the revision. It is a template, for a table of credentials.{{with index .Tables 0}}
WITH moved AS (
    UPDATE documents
    SET head = $8::bigint, updated_at = greatest(updated_at, $13::bigint)
    WHERE id = $1::uuid AND deleted_at < 1 AND epoch = $2::bigint AND head = $3::bigint AND access_version = $4::bigint
    RETURNING id
), user_held AS MATERIALIZED (
    SELECT FROM users WHERE id = $5::uuid AND suspended_at = 0 AND EXISTS (SELECT FROM moved) FOR SHARE
), credential_held AS MATERIALIZED (
    SELECT least($7::bigint, {{.Ends}}) AS ends
    FROM {{.Table}} WHERE id = $6::uuid AND user_id = $5::uuid AND {{.Ended}} = 0 AND EXISTS (SELECT FROM user_held) FOR SHARE
)
INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)
SELECT
    CASE WHEN (SELECT ends FROM credential_held) > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint THEN id
        ELSE ('the right to write has ended in ' || id::text)::uuid END, -- is an error
    $8::bigint, $9::uuid, $5::uuid, $10::uuid, $11::uuid, $12::bigint, $13::bigint, $14::text, $15::bytea, $16::bigint
FROM moved
{{end -}}
