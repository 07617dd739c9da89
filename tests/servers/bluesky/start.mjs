// Bluesky's own servers in one process: PDS and PLC directory, and with `full` the AppView, which needs Postgres and Redis.
// Run where node_modules holds @atproto/dev-env. Prints one JSON line when all answer; ends on SIGTERM.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

process.env.LOG_ENABLED ??= 'false'
const found = createRequire(join(process.cwd(), 'here.mjs')).resolve('@atproto/dev-env')
const { TestNetwork, TestNetworkNoAppView } = await import(pathToFileURL(found))

// A public client's metadata must stand at a public https name. Here `client-PORT.countersign.social` is our own loopback.
const outside = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = new URL(input.url ?? input)
  const client = /^client-(\d+)\.countersign\.social$/.exec(url.hostname)
  if (!client) return outside(input, init)
  return outside(`http://127.0.0.1:${client[1]}${url.pathname}${url.search}`, { headers: init?.headers ?? input.headers, redirect: 'error' })
}

const isFull = process.argv[2] === 'full'
const port = (name) => Number(process.env[name])
const settings = {
  plc: { port: port('PLC_PORT') },
  pds: { port: port('PDS_PORT'), hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: false },
}
if (process.env.PDS_SMTP) {
  Object.assign(settings.pds, { emailSmtpUrl: process.env.PDS_SMTP, emailFromAddress: process.env.PDS_FROM })
}
if (isFull) {
  settings.bsky = { port: port('BSKY_PORT'), publicUrl: `http://localhost:${port('BSKY_PORT')}` }
  settings.ozone = { port: port('OZONE_PORT') }
}
const network = await (isFull ? TestNetwork : TestNetworkNoAppView).create(settings)
console.log(JSON.stringify({ pds: network.pds.url, plc: network.plc.url, appview: network.bsky?.url ?? '' }))

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    try {
      await Promise.race([network.close(), new Promise((resolve) => setTimeout(resolve, 5000))])
    } finally {
      process.exit(0)
    }
  })
}
