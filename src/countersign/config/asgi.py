"""What uvicorn serves."""
from __future__ import annotations

import os
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "countersign.config.settings")
_django = get_asgi_application()

from countersign.access.lockout.live import Application, with_streams  # noqa: E402  # needs the settings

application = with_streams(cast("Application", _django))
