import type { Fleet } from "./fleet.ts";

/** Lines to paste into a shell while the tour stays up. */
export function curlLines({ apis, issuerUrl, credentials }: Fleet): string {
  const { username, password, apiKey, clientId, clientSecret } = credentials;
  const login = JSON.stringify({ username, password });
  const tokenOf = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  const shared = [
    `# A token for the user, and one for the client`,
    `USER_TOKEN=$(curl -s ${issuerUrl}/login -H 'Content-Type: application/json' -d '${login}' | ${tokenOf})`,
    `CLIENT_TOKEN=$(curl -s ${issuerUrl}/token -u '${clientId}:${clientSecret}' -d 'grant_type=client_credentials&scope=orders:read' | ${tokenOf})`,
  ];
  const each = apis.flatMap(({ framework, url }) => [
    ``,
    `# ${framework}`,
    `curl -iw '\\n' ${url}/data -H 'X-API-Key: ${apiKey}'`,
    `curl -iw '\\n' ${url}/protected -u '${username}:${password}'`,
    `curl -iw '\\n' ${url}/private -H "Authorization: Bearer $USER_TOKEN"`,
    `curl -iw '\\n' ${url}/orders -H "Authorization: Bearer $CLIENT_TOKEN"`,
    `curl -iw '\\n' ${url}/whoami`,
  ]);
  return [...shared, ...each].join("\n");
}
