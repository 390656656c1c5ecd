/** Three lines for any POSIX shell. The time in the names makes each paste a new account. */
export function examples(url: string): readonly string[] {
  const json = `-H 'content-type: application/json'`
  const account = `{"email":"ada'$(date +%s)'@example.com","username":"ada'$(date +%s)'","password":"a long walk by the sea"}`
  const post = `{"title":"Hello","body":"My first post","tags":["first"]}`
  const token = `sed -n 's/.*"accessToken":"\\([^"]*\\)".*/\\1/p'`
  return [
    `TOKEN=$(curl -s ${url}/auth/register ${json} -d '${account}' | ${token})`,
    `curl -sw '\\n' ${url}/posts -H "authorization: Bearer $TOKEN" ${json} -d '${post}'`,
    `curl -sw '\\n' '${url}/posts?limit=5'`,
  ]
}
