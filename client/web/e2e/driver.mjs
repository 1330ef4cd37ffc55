// Drives Chromium for tests written in Go. It reads one JSON object a line from standard input,
//
//   {"id": 1, "page": "ana", "do": "click", "args": ["button", "Sign in"]}
//
// and answers each, in whatever order they finish, with {"id": 1, "value": …} or {"id": 1, "error": "…"}. Every page has a
// browser context of its own: its own cookies and storage, as if it were another person's computer.
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const timeout = Number(process.env.COSCRIBE_BROWSER_TIMEOUT_MS ?? 20_000)

const browser = await chromium.launch({
  executablePath: process.env.COSCRIBE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
})

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

const does = {
  goto: async (page, url) => void (await page.goto(url)),
  fill: async (page, label, text) => void (await page.getByLabel(label, { exact: true }).fill(text)),
  click: async (page, role, name) => void (await page.getByRole(role, { name }).first().click()),
  press: async (page, keys) => void (await page.keyboard.press(keys)),
  select: async (page, label, option) => void (await page.getByLabel(label).selectOption(option)),
  see: async (page, text) => void (await page.getByText(text).first().waitFor()),
  waitFor: async (page, selector) => void (await page.locator(selector).first().waitFor()),
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
  screenshot: async (page, path) => void (await page.screenshot({ path })),
  faults: async (page) => page.faults,
  // From now on every document that the page opens has this content, whatever the server says.
  content: (page, ops) =>
    page.routeWebSocket(/\/socket$/, (socket) => {
      const server = socket.connectToServer()
      server.onMessage((text) => {
        const message = JSON.parse(text)
        if (message.type === 'welcome') message.snapshot = { ops }
        socket.send(JSON.stringify(message))
      })
    }),
  // Pastes HTML where the caret is.
  paste: async (page, html) =>
    page.locator('.ql-editor').evaluate((editor, html) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/html', html)
      editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, html),
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
