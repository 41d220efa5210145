import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipAddress } from "@hawser/core";
import { makeRequest } from "../testing/ask.test.kit.ts";
import { cgiEnvironment } from "./environment.ts";

const place = { scriptName: "/cgi/a b.pl", pathInfo: "", scriptFile: "/srv/cgi/a b.pl" };

describe("cgiEnvironment (RFC 3875 §4.1)", () => {
  test("says who has logged in, and how (RFC 3875 §4.1.1, §4.1.11)", () => {
    const request = makeRequest("GET /", ["Authorization: Basic YWxpY2U6d29uZGVybGFuZA=="]);
    const facts = { contentLength: undefined };
    assert.equal(cgiEnvironment(request, place, facts)["REMOTE_USER"], undefined);
    const user = { name: "alice", groups: [], attributes: {} };
    request.login = { user, scheme: "basic" };
    for (const one of [request, request.redirectedTo("/other", undefined)]) {
      const { AUTH_TYPE, REMOTE_USER, HTTP_AUTHORIZATION } = cgiEnvironment(one, place, facts);
      assert.deepEqual([AUTH_TYPE, REMOTE_USER, HTTP_AUTHORIZATION], ["Basic", "alice", undefined]);
    }
    request.login = { user: { ...user, name: "" }, scheme: "anonymous" };
    assert.equal("AUTH_TYPE" in cgiEnvironment(request, place, facts), false);
  });

  test("says all there is to say about a request", () => {
    const request = makeRequest("POST /cgi/a%20b.pl/x%20y/?q=1&r=%20", ["Content-Type: text/plain", "X-Color: blue"], {
      peer: ipAddress("2001:db8::1", 4000),
    });
    const variables = cgiEnvironment(
      request,
      { ...place, pathInfo: "/x y/", documentRoot: "/srv/htdocs" },
      { contentLength: 7 },
    );
    assert.deepEqual(variables, {
      CONTENT_LENGTH: "7",
      CONTENT_TYPE: "text/plain",
      DOCUMENT_ROOT: "/srv/htdocs",
      GATEWAY_INTERFACE: "CGI/1.1",
      HTTP_HOST: "example.org",
      HTTP_X_COLOR: "blue",
      PATH_INFO: "/x y/",
      PATH_TRANSLATED: "/srv/htdocs/x y/",
      QUERY_STRING: "q=1&r=%20",
      REDIRECT_STATUS: "200",
      REMOTE_ADDR: "2001:db8::1",
      REMOTE_HOST: "2001:db8::1",
      REMOTE_PORT: "4000",
      REQUEST_METHOD: "POST",
      REQUEST_SCHEME: "http",
      REQUEST_URI: "/cgi/a%20b.pl/x%20y/?q=1&r=%20",
      SCRIPT_FILENAME: "/srv/cgi/a b.pl",
      SCRIPT_NAME: "/cgi/a b.pl",
      SERVER_ADDR: "127.0.0.1",
      SERVER_NAME: "example.org",
      SERVER_PORT: "80",
      SERVER_PROTOCOL: "HTTP/1.1",
      SERVER_SOFTWARE: "Hawser",
    });
  });

  const fields = [
    ["Proxy: evil", "HTTP_PROXY", undefined],
    ["Authorization: Basic eDp5", "HTTP_AUTHORIZATION", undefined],
    ["X_Forwarded_For: 1.2.3.4", "HTTP_X_FORWARDED_FOR", undefined],
    ["Cookie: a=1; b=2", "HTTP_COOKIE", "a=1; b=2"],
    ["X-Name: J\xc3\xbcrgen", "HTTP_X_NAME", "Jürgen"],
  ] as const;
  for (const [field, variable, value] of fields) {
    test(`${field} gives ${variable} ${value ?? "to nobody"}`, () => {
      const variables = cgiEnvironment(makeRequest("GET /", [field]), place, { contentLength: 0 });
      assert.equal(variables[variable], value);
    });
  }

  test("joins fields that come twice", () => {
    const variables = cgiEnvironment(makeRequest("GET /", ["X-A: 1", "X-A: 2"]), place, { contentLength: undefined });
    assert.equal(variables["HTTP_X_A"], "1, 2");
    assert.equal("CONTENT_LENGTH" in variables, false);
  });

  test("gives the password to who asks for it, and lets the operator have the last word", () => {
    const facts = { contentLength: 0, passAuthorization: true, variables: { SERVER_SOFTWARE: "mine" } };
    const variables = cgiEnvironment(makeRequest("GET /", ["Authorization: Basic eDp5"]), place, facts);
    assert.equal(variables["HTTP_AUTHORIZATION"], "Basic eDp5");
    assert.equal(variables["SERVER_SOFTWARE"], "mine");
  });
});
