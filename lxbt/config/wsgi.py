"""WSGI entry for granian."""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from lxbt.config.lifeline import PARENT, leave_with_parent

if os.environ.get(PARENT) and (server := multiprocessing.parent_process()) and server.pid:
    leave_with_parent(
        server.pid, signal.SIGKILL
    )  # else a worker goes on holding the port when the web server was killed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lxbt.config.settings")
application = get_wsgi_application()
