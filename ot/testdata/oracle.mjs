// What quill-delta makes of a case. Run as a program it answers cases from
// standard input, one JSON object a line, in order.
//
// A case has a document `doc`, concurrent changes `a` and `b` on it, a change
// `c` on doc∘a, caret positions `carets` in doc, and may have `diff`, which
// somebody says leads from doc to doc∘a∘c.
import { pathToFileURL } from 'node:url';
import QuillDelta from 'quill-delta';

const Delta = QuillDelta.default ?? QuillDelta;

// quill-delta takes ops as they are given to it. Inserts that stand behind a
// delete, for one, win and lose other ties than those before it, so all that
// is compared must be canonical, as what its builder makes is.
export const canonical = (ops) => ops.reduce((delta, op) => delta.push(op), new Delta()).chop().ops;

export function answer({ doc, a, b, c, carets, diff }) {
  [doc, a, b, c] = [doc, a, b, c].map((ops) => new Delta(ops));
  const docA = doc.compose(a);
  const docAC = docA.compose(c);
  const answers = {
    docA: docA.ops,
    docB: doc.compose(b).ops,
    docAC: docAC.ops,
    composed: a.compose(c).ops,
    bAfterFirstA: a.transform(b, true).ops,
    bAfterA: a.transform(b, false).ops,
    aAfterFirstB: b.transform(a, true).ops,
    aAfterB: b.transform(a, false).ops,
    merged: docA.compose(a.transform(b, true)).ops,
    undoA: a.invert(doc).ops,
    undoC: c.invert(docA).ops,
    // quill-delta's priority is the opposite of own.
    moved: carets.map((at) => [a.transformPosition(at, true), a.transformPosition(at, false)]),
    docLen: doc.length(),
    changeA: a.changeLength(),
  };
  if (diff) answers.diffed = doc.compose(new Delta(diff)).ops;
  return answers;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  // A piece of input is answered in one piece: waking up costs more than an
  // answer.
  let rest = '';
  for await (const piece of process.stdin.setEncoding('utf8')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    process.stdout.write(lines.map((line) => JSON.stringify(answer(JSON.parse(line))) + '\n').join(''));
  }
}
