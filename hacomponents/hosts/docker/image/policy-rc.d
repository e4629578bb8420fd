#!/bin/sh
# What packages may ask of daemons, which the agent starts and stops: to go on in new log files.
[ "${2-}" = rotate ] || exit 101
