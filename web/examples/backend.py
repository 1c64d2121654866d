"""Gives each visitor of your pages a chat session: POST /chat/session. App key, app secret and ticket key stay here."""
import base64, hashlib, hmac, http.server, json, os, re, secrets, time, urllib.request
ENV = {"HOST": "127.0.0.1", "PORT": "8080", **os.environ}
access = {"expires": 0}

def call(path, headers, body):
    request = urllib.request.Request(ENV["UPSTREAM_BASE_URL"] + path, json.dumps(body).encode(), {"content-type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)

def session_of(user_id):
    if access["expires"] < time.time():
        answer = call("/apigovernance/api/oauth/tokenByAkSk", {"x-token-expire": "3600"}, {"app_key": ENV["APP_KEY"], "app_secret": ENV["APP_SECRET"]})
        access.update(token=answer["AccessToken"], expires=time.time() + int(answer["Expires"]) - 60)
    headers = {"x-app-key": ENV["APP_KEY"], "authorization": "Bearer " + access["token"]}
    visitor = {"userId": user_id, "userName": "Visitor", "channelId": ENV["CHANNEL_ID"], "locale": "en"}
    token = call("/apiaccess/ccmessaging/applyToken", headers, visitor)["token"]
    return {"token": token, "ticket": ticket_of(user_id), "userId": user_id, "channelId": ENV["CHANNEL_ID"]}

def ticket_of(user_id):  # A JWT for the gateway: whose chat it is, for an hour.
    encode = lambda part: base64.urlsafe_b64encode(part).rstrip(b"=").decode()
    claims = {"sub": user_id, "aud": ENV["CHANNEL_ID"], "exp": int(time.time()) + 3600}
    signed = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return signed + "." + encode(hmac.digest(ENV["CHAT_TICKET_KEY"].encode(), signed.encode(), "sha256"))

class Handler(http.server.BaseHTTPRequestHandler):
    do_GET = lambda self: self.send_error(404)
    def do_POST(self):
        scheme, _, site = self.headers.get("origin", "").partition("://")
        if self.path != "/chat/session" or not site or site != self.headers.get("host"):  # 403: another site's page
            return self.send_error(404 if self.path != "/chat/session" else 403)
        cookie = re.search(r"(?:^|; )chat=([\w-]{43})(?:;|$)", self.headers.get("cookie", ""), re.ASCII)
        visitor = cookie[1] if cookie else secrets.token_urlsafe(32)
        try:  # Agents see the user's id, but never the cookie.
            status, answer = 200, session_of(hashlib.sha256(visitor.encode()).hexdigest()[:24])
        except (OSError, ValueError, KeyError) as error:
            status, answer = 502, self.log_error("%s", error) or {}
        self.send_response(status)
        cookie = f"chat={visitor}; Path=/chat; HttpOnly; SameSite=Lax" + "; Secure" * (scheme == "https")
        for header in ("content-type", "application/json"), ("cache-control", "no-store"), ("set-cookie", cookie):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

http.server.ThreadingHTTPServer((ENV["HOST"], int(ENV["PORT"])), Handler).serve_forever()
