import os

from django.core.wsgi import get_wsgi_application

from praxis.lib.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.site.settings")
application = get_wsgi_application()
settle()
