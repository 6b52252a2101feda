#!/bin/sh
# The time, once a second, as server-sent events.
printf 'Content-Type: text/event-stream\nCache-Control: no-store\n\n'
while printf 'data: %s\n\n' "$(date +%T)"; do sleep 1; done
