#!/bin/sh
# Starts PostgreSQL and the application, as far as they don't run.
exec /opt/phantom/bin/phsvc start
