// quill-delta at the work that testdata/compare measures: `node bench.mjs ROW
// [TRACE]` prints nanoseconds for each edit. Each row is measured for about a
// second, after a warm-up of a tenth of that.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import QuillDelta from 'quill-delta';

const Delta = QuillDelta.default ?? QuillDelta;

function measure(work, edits = 1) {
  const until = (ms) => {
    let runs = 0;
    const began = performance.now();
    do {
      work();
      runs++;
    } while (performance.now() - began < ms);
    return ((performance.now() - began) * 1e6) / runs / edits;
  };
  until(100);
  return until(1000);
}

const line = 'The quick brown fox jumps over the lazy dog, again and again.\n';
const plain = (bytes) => new Delta().insert(line.repeat(bytes / line.length) + '\n');
const formats = [{ bold: true }, { italic: true }, { underline: true }, { strike: true }, { code: true }, { script: 'sub' }];
function rich(bytes, runs) {
  const size = bytes / runs;
  const text = 'abcdefghi '.repeat(size / 10 + 1).slice(0, size);
  const doc = new Delta();
  for (let i = 0; i < runs; i++) doc.insert(text, formats[i % formats.length]);
  return doc.insert('\n');
}

function inserting(doc) {
  const length = doc.length() - 1;
  let content = doc;
  return measure(() => {
    content = content.compose(new Delta().retain(Math.floor(Math.random() * length)).insert('x'));
  });
}

function session(path) {
  const { startContent, endContent, txns } = JSON.parse(gunzipSync(readFileSync(path)));
  const edits = txns.flatMap(({ patches }) =>
    patches.map(([at, deleted, inserted]) => new Delta().retain(at).insert(inserted).delete(deleted)),
  );
  return measure(() => {
    let doc = new Delta().insert(startContent + '\n');
    for (const edit of edits) doc = doc.compose(edit);
    if (doc.ops[0].insert !== endContent + '\n') throw new Error('the session ends otherwise than recorded');
  }, edits.length);
}

const at = (n) => new Delta().retain(n).insert('x');
const rows = {
  trace: session,
  'plain 1MB': () => inserting(plain(1e6)),
  'rich 1MB': () => inserting(rich(1e6, 20_000)),
  'rich 10MB': () => inserting(rich(1e7, 200_000)),
  transform: () => {
    const [a, b] = [at(100), at(100)];
    return measure(() => { for (let i = 0; i < 1000; i++) a.transform(b, true); }, 1000);
  },
  'over 100': () => {
    const history = Array.from({ length: 100 }, () => at(Math.floor(Math.random() * 1000)));
    return measure(() => { history.reduce((edit, one) => one.transform(edit, true), at(500)); });
  },
  parse: () => {
    const text = '{"ops":[{"retain":12345},{"insert":"x"}]}';
    return measure(() => { for (let i = 0; i < 1000; i++) new Delta(JSON.parse(text)); }, 1000);
  },
};
console.log(rows[process.argv[2]](process.argv[3]));
