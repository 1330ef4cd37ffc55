-- Writes all batches of an Append if nothing refuses any of them, and else nothing. It holds the rows that this hangs on in the
-- order that every call keeps: documents, users, sessions, tokens, each by id. What it asks of a row it asks of the row that it
-- holds, as that is once the lock is there, whatever was true when the statement began; and it goes on to the next lock only if
-- all before it were as they should be. The clock is read last.
--
-- Its arrays are columns: $1–$6 of the batches by document id, $7 of the users, $8 is when the first right ends, $9–$19 of the
-- revisions; then, for each table of credentials that the fences name, their ids and whose they are. It is a template, so that
-- a table that no fence names costs nothing.
WITH documents_held AS MATERIALIZED (
    SELECT array_agg(epoch) AS epochs, array_agg(head) AS heads, array_agg(access_version) AS versions
    FROM (SELECT epoch, head, access_version FROM documents WHERE id = ANY($1::uuid[]) AND deleted_at = 0
        ORDER BY id FOR NO KEY UPDATE) AS held
), users_held AS MATERIALIZED (
    SELECT count(*) = cardinality($7::uuid[]) AS good
    FROM (SELECT FROM users WHERE id = ANY($7::uuid[]) AND suspended_at = 0
            AND (SELECT epochs = $2::bigint[] AND heads = $3::bigint[] AND versions = $4::bigint[] FROM documents_held)
        ORDER BY id FOR SHARE) AS held
), {{range .}}{{.Table}}_held AS MATERIALIZED (
    SELECT array_agg(user_id) = ${{.Users}}::uuid[] AS good, min({{.Ends}}) AS ends
    FROM (SELECT user_id, expires_at FROM {{.Table}} WHERE id = ANY(${{.IDs}}::uuid[]) AND {{.Ended}} = 0
            AND (SELECT good FROM {{.Before}}_held)
        ORDER BY id FOR SHARE) AS held
), {{end}}verdict AS MATERIALIZED (
    SELECT CASE WHEN {{range $i, $c := .}}{{if $i}} AND {{end}}{{$c.Table}}_held.good{{end}}
        THEN least($8::bigint{{range .}}, {{.Table}}_held.ends{{end}}) > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        ELSE false END AS good
    FROM {{range $i, $c := .}}{{if $i}}, {{end}}{{$c.Table}}_held{{end}}
), moved AS (
    -- Without a join, which could choose to read the table whole. The arrays are short.
    UPDATE documents
    SET head = ($5::bigint[])[array_position($1::uuid[], id)],
        updated_at = greatest(updated_at, ($6::bigint[])[array_position($1::uuid[], id)])
    WHERE id = ANY($1::uuid[]) AND (SELECT good FROM verdict)
)
INSERT INTO revisions (document, rev, edit, author, seat, client, seq, at, kind, delta, crc)
SELECT r.*
FROM unnest($9::uuid[], $10::bigint[], $11::uuid[], $12::uuid[], $13::uuid[], $14::uuid[], $15::bigint[], $16::bigint[],
    $17::text[], $18::bytea[], $19::bigint[]) AS r
WHERE (SELECT good FROM verdict)
