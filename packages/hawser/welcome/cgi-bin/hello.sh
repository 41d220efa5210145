#!/bin/sh
# A CGI script (RFC 3875): headers, an empty line, and whatever there is to say.
printf 'Content-Type: text/plain; charset=utf-8\n\n'
printf 'Hello from a CGI script.\n\n'
printf 'You asked with      %s\n' "$REQUEST_METHOD"
printf 'The script is       %s\n' "$SCRIPT_NAME"
printf 'The path beyond it  %s\n' "${PATH_INFO:-(none)}"
printf 'The query           %s\n' "${QUERY_STRING:-(none)}"
printf 'Your address        %s\n' "$REMOTE_ADDR"
if [ "${CONTENT_LENGTH:-0}" -gt 0 ]; then
  printf 'You sent            '
  cat
  printf '\n'
fi
