// A real OAuth server behind the few Mastodon addresses that our sign-in asks for.
//
// Whose is what: authorization, consent pages, codes, PKCE, tokens, refresh, revocation and dynamic registration are npm
// oidc-provider's. Ours, and a stand-in, are `/api/v2/instance`, `/api/v1/apps` (handed on to oidc-provider's registration),
// `/api/v1/accounts/verify_credentials` (oidc-provider says whether the token lives, we add the account around it) and the
// name `/.well-known/oauth-authorization-server` for oidc-provider's own metadata.
import http from 'node:http'
import { Provider } from 'oidc-provider'

const port = Number(process.argv[2])
const origin = `http://127.0.0.1:${port}`
const scopes = ['read', 'write', 'read:accounts', 'read:statuses', 'read:notifications', 'write:statuses', 'write:media']

const provider = new Provider(origin, {
  scopes,
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    revocation: { enabled: true },
  },
  routes: { authorization: '/oauth/authorize', token: '/oauth/token', revocation: '/oauth/revoke', registration: '/register' },
  pkce: { required: () => true },
  cookies: { keys: ['for tests only'] },
  issueRefreshToken: async () => true,
  findAccount: async (context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
})
const ask = provider.callback()

function answer (response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(content))
}

async function body (request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return new URLSearchParams(Buffer.concat(parts).toString())
}

async function register (request, response) {
  const given = await body(request)
  const wanted = {
    client_name: given.get('client_name'),
    redirect_uris: [given.get('redirect_uris')],
    scope: given.get('scopes'),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }
  const made = await fetch(`${origin}/register`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted),
  })
  const said = await made.json()
  if (!made.ok) return answer(response, 422, said)
  return answer(response, 200, { id: said.client_id, client_id: said.client_id, client_secret: said.client_secret })
}

async function verifyCredentials (request, response) {
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace('Bearer ', ''))
  if (!token) return answer(response, 401, { error: 'The access token is invalid' })
  const name = token.accountId
  return answer(response, 200, {
    id: `id-of-${name}`, username: name, acct: name, display_name: 'Brouwerij De Linde', url: `${origin}/@${name}`, avatar: '',
  })
}

http.createServer((request, response) => {
  const path = request.url.split('?')[0]
  if (path === '/api/v2/instance') return answer(response, 200, { domain: `127.0.0.1:${port}`, version: '4.5.0' })
  if (path === '/api/v1/apps') return register(request, response)
  if (path === '/api/v1/accounts/verify_credentials') return verifyCredentials(request, response)
  if (path === '/.well-known/oauth-authorization-server') request.url = '/.well-known/openid-configuration'
  return ask(request, response)
}).listen(port, '127.0.0.1', () => console.log('ready'))
