#!/bin/sh
# A CGI program for the shell: says what it was asked, and how long the body was.
body=$(wc -c)
printf 'Content-Type: text/plain\n\n'
echo "$REQUEST_METHOD $PATH_INFO?$QUERY_STRING $body"
