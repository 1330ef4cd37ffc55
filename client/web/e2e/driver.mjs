// Drives Chromium for tests written in Go. It reads one JSON object a line from standard input,
//
//   {"id": 1, "page": "ana", "do": "click", "args": ["button", "Sign in"]}
//
// and answers each, in whatever order they finish, with {"id": 1, "value": …} or {"id": 1, "error": "…"}. Every page has a
// browser context of its own: its own cookies and storage, as if it were another person's computer.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const timeout = Number(process.env.COSCRIBE_BROWSER_TIMEOUT_MS ?? 50_000)

const browser = await chromium.launch({
  executablePath: process.env.COSCRIBE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
})

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const pages = new Map()

async function pageOf(name, options) {
  const open = pages.get(name)
  if (open) return open
  const context = await browser.newContext({ viewport: { width: 1180, height: 760 }, ...options })
  context.setDefaultTimeout(timeout)
  return newTab(name, context)
}

async function newTab(name, context) {
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(String(error)))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) page.faults.push(message.text())
  })
  pages.set(name, page)
  return page
}

const uuid = (kind, i) => `${kind}0000000-0000-4000-8000-${String(i).padStart(12, '0')}`

// plant puts the words for every title and name in an answer; lists get an item for each.
function plant(value, words) {
  let next = 0
  const walk = (value) => {
    if (Array.isArray(value)) return value.map(walk)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => {
      if (typeof inner === 'string' && /^(title|name|label|device|email)$/.test(key)) return [key, words[next++ % words.length] ?? '']
      if (key === 'items' && inner.length > 0 && typeof inner[0] === 'object') {
        const item = inner[inner.length - 1]
        return [key, walk(words.map((_, i) => ({ ...item, ...(item.id && { id: uuid('c', i) }), ...(item.principal && { principal: `user:${uuid('d', i)}` }) })))]
      }
      return [key, walk(inner)]
    }))
  }
  return walk(value)
}

const does = {
  goto: async (page, url) => void (await page.goto(url)),
  fill: async (page, label, text) => void (await page.getByLabel(label, { exact: true }).fill(text)),
  click: async (page, role, name) => void (await page.getByRole(role, { name }).first().click()),
  clickAt: async (page, selector) => void (await page.locator(selector).first().click()),
  press: async (page, keys) => void (await page.keyboard.press(keys)),
  select: async (page, label, option) => void (await page.getByLabel(label).selectOption(option)),
  see: async (page, text) => void (await page.getByText(text).first().waitFor()),
  waitFor: async (page, selector) => void (await page.locator(selector).first().waitFor()),
  many: async (page, selector, n) =>
    void (await page.waitForFunction(([selector, n]) => document.querySelectorAll(selector).length >= n, [selector, n])),
  value: async (page, role, name) => page.getByRole(role, { name, exact: true }).last().inputValue(),
  words: async (page, selector) => page.locator(selector).first().innerText(),
  exists: async (page, selector) => (await page.locator(selector).count()) > 0,
  url: async (page) => page.url(),
  // Puts the caret at the end (or start) of the text and types, a key at a time, delay in milliseconds.
  type: async (page, text, delay = 0, where = 'End') => {
    await page.locator('.ql-editor').click()
    await page.keyboard.press(`Control+${where}`)
    for (const character of text) {
      await page.keyboard.insertText(character)
      if (delay) await page.waitForTimeout(delay)
    }
  },
  // The document's text as the editor holds it, block by block.
  text: async (page) =>
    page.locator('.ql-editor').evaluate((root) => [...root.children].map((line) => `${line.textContent}\n`).join('')),
  state: async (page) => page.locator('[data-state]').first().getAttribute('data-state'),
  editable: async (page) => page.locator('.ql-editor').getAttribute('contenteditable'),
  offline: async (page, yes) => void (await page.context().setOffline(yes)),
  evaluate: async (page, source) => page.evaluate(source),
  // What axe finds wrong with the page, in light and in dark. The policy of the pages lets no script in but through the driver.
  axe: async (page) => {
    await page.evaluate(`${await readFile(axe, 'utf8')};0`)
    return page.evaluate(async () => {
      const root = document.documentElement
      const { theme } = root.dataset
      const found = []
      for (const now of ['light', 'dark']) {
        root.dataset.theme = now
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
        for (const { id, nodes } of violations) found.push(`${now} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
      }
      root.dataset.theme = theme
      return found
    })
  },
  screenshot: async (page, path) => void (await page.screenshot({ path })),
  faults: async (page) => page.faults,
  // From now on a server that lies: every document that the page opens has this content, and the words stand wherever a title
  // or a name may: of the document, in all that is told over HTTP, and of those who are here, for whom there may be others.
  hostile: async (page, ops, words, names = words) => {
    const lied = page.lies !== undefined
    page.lies = { ops, words, names }
    if (lied) return
    await page.routeWebSocket(/\/socket$/, (socket) => {
      const server = socket.connectToServer()
      server.onMessage((text) => {
        const message = JSON.parse(text)
        if (message.type !== 'welcome') return socket.send(text)
        const { ops, words, names } = page.lies
        socket.send(JSON.stringify({ ...message, snapshot: { ops }, peers: [], you: { ...message.you, name: words[0] ?? '' } }))
        for (const title of words) socket.send(JSON.stringify({ type: 'document', document: { ...message.document, title } }))
        const items = names.map((name, i) => ({ seat: uuid('a', i), user: uuid('b', i), name, color: i % 12, cursor: { rev: message.rev, index: i, length: 2 } }))
        socket.send(JSON.stringify({ type: 'presence', items }))
      })
    })
    await page.route('**/v1/**', async (route) => {
      const response = await route.fetch()
      if (!response.headers()['content-type']?.startsWith('application/json')) return route.fulfill({ response })
      return route.fulfill({ response, json: plant(await response.json(), page.lies.words) })
    })
  },
  // Shows HTML as a page of its own that has no policy at all.
  show: async (page, html) => void (await page.setContent(html)),
  // What the clipboard gets as HTML when everything is copied.
  copied: async (page) => {
    await page.locator('.ql-editor').click()
    await page.keyboard.press('Control+a')
    return page.locator('.ql-editor').evaluate((editor) => {
      const clipboardData = new DataTransfer()
      editor.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }))
      return clipboardData.getData('text/html')
    })
  },
  // Pastes HTML, text, or both where the caret is.
  paste: async (page, html, text = '') =>
    page.locator('.ql-editor').evaluate((editor, [html, text]) => {
      const clipboardData = new DataTransfer()
      if (html) clipboardData.setData('text/html', html)
      if (text) clipboardData.setData('text/plain', text)
      editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, [html, text]),
  // The document as it is drawn: every block with its tag, its kind of list and what is bold, a link, code or coloured in it.
  drawn: async (page) =>
    page.locator('.ql-editor').evaluate((root) => {
      const inline = (node) => {
        if (node.nodeType !== 1) return node.nodeValue
        const inner = [...node.childNodes].map(inline).join('')
        if (node.matches('.ql-ui, br')) return ''
        return node.matches('strong, em, a, code, hr, img, span[style]') ? `<${node.localName}>${inner}</${node.localName}>` : inner
      }
      const block = (node) => `${node.dataset.list ?? node.localName}: ${inline(node)}`
      return [...root.querySelectorAll(':scope > :is(p, h1, h2, h3, h4, h5, h6, blockquote), li, .ql-code-block')].map(block).join('\n')
    }),
  // Closes the tab without a question and opens another of the same person.
  tab: async (page) => {
    const [name] = [...pages].find(([, open]) => open === page)
    await page.close()
    await newTab(name, page.context())
  },
  close: async (page) => {
    await page.context().close()
    for (const [name, open] of pages) if (open === page) pages.delete(name)
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, page, do: what, args = [] } = JSON.parse(line)
  Promise.resolve()
    .then(async () => does[what](await pageOf(page), ...args))
    .then((value) => ({ id, value }), (error) => ({ id, error: String(error) }))
    .then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`))
}
await browser.close()
