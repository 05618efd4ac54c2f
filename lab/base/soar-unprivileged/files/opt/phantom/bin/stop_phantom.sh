#!/bin/sh
# Stops the application and PostgreSQL, as far as they run.
exec /opt/phantom/bin/phsvc stop
