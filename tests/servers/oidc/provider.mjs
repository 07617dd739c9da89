// A real OpenID provider (npm oidc-provider) as a company has one: authorization, PKCE, ID tokens, sessions, end of session and
// back-channel logout are its own. Ours are the sign-in page (a name, and which methods were used), whom it knows, and the
// consent that a company gives for its own programs beforehand.
//
// argv: port, client id, client secret, redirect URI, back-channel logout URI, people as JSON {name: claims}
import http from 'node:http'
import { Provider } from 'oidc-provider'

const [port, clientId, secret, redirect, logout, given] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const people = JSON.parse(given)

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId, client_secret: secret, redirect_uris: [redirect], response_types: ['code'],
    grant_types: ['authorization_code'], backchannel_logout_uri: logout, backchannel_logout_session_required: true,
  }],
  claims: { openid: ['sub', 'amr', 'acr', 'auth_time'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: process.env.CONFORM === '1', // then mail, name and groups come from the userinfo address alone
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options), // its own guard refuses 127.0.0.1
  acrValues: ['urn:company:mfa'],
  pkce: { required: () => true },
  cookies: { keys: ['for tests only'] },
  interactions: { url: (context, interaction) => `/login/${interaction.uid}` },
  findAccount: async (context, id) => people[id] && { accountId: id, claims: async () => ({ sub: id, ...people[id] }) },
  loadExistingGrant: async (context) => {
    const grant = new provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
})
for (const event of ['backchannel.error', 'backchannel.success', 'server_error', 'grant.error', 'authorization.error']) {
  provider.on(event, (context, error) => console.log(event, error?.message ?? '', error?.error_description ?? ''))
}

async function body (request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return new URLSearchParams(Buffer.concat(parts).toString())
}

async function login (request, response) {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    return response.end(`<!doctype html><html lang="en"><title>Company sign-in</title><h1>Company sign-in</h1>
      <form method="post"><label>Name <input name="login"></label><label>Methods <input name="amr" value="pwd otp"></label>
      <label>Level <input name="acr"></label><button>Sign in</button></form></html>`)
  }
  const form = await body(request)
  const result = { accountId: form.get('login'), amr: form.get('amr').split(' ').filter(Boolean) }
  if (form.get('acr')) result.acr = form.get('acr')
  return provider.interactionFinished(request, response, { login: result }, { mergeWithLastSubmission: false })
}

const ask = provider.callback()
http.createServer((request, response) => {
  const path = request.url.split('?')[0]
  if (path.startsWith('/login/') && path.split('/').length === 3) {
    return login(request, response).catch((error) => { console.log(error); response.writeHead(500); response.end(String(error)) })
  }
  return ask(request, response)
}).listen(Number(port), '127.0.0.1', () => console.log('ready'))
