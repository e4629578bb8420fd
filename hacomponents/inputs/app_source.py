"""The files of an application, wherever they come from."""

from hacomponents.inputs.folder import read_folder
from hacomponents.inputs.git import read_repository
from hacomponents.topology.server import Folder, Git, Server


def read_source(server: Server) -> Folder:
    """Read the files of a server's application. Nothing is raised: what is wrong is told with all other problems."""
    app = getattr(server, "app", "")
    return read_repository(app) if isinstance(app, Git) else read_folder(app)
