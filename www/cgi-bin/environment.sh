#!/bin/sh
# The variables that a program gets: as a page, or with the query as=text as they are.
if [ "$QUERY_STRING" = as=text ]; then
  printf 'Content-Type: text/plain; charset=utf-8\nCache-Control: no-store\n\n'
  exec env
fi
printf 'Content-Type: text/html; charset=utf-8\nCache-Control: no-store\n\n'
printf '<!doctype html>\n<html lang="en">\n<title>The variables of a program</title>\n'
printf '<link rel="stylesheet" href="/style.css">\n<body class="answer">\n<table>\n'
env | LC_ALL=C sort |
  sed 's/&/\&amp;/g; s/</\&lt;/g; s/\([^=]*\)=\(.*\)/<tr><th>\1<\/th><td>\2<\/td><\/tr>/'
printf '</table>\n'
