// A certified OpenID Connect provider for the tests: one client, any login name, any password.
import Provider from "oidc-provider";

const [port, redirect, tokenLifetime] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "gridgov",
      client_secret: "a secret of the tests only",
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  ttl: { IdToken: Number(tokenLifetime ?? 600) },
  cookies: { keys: ["only for tests"] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `姓名 ${id}`, preferred_username: id }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
