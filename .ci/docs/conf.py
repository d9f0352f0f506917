"""How Sphinx makes the pages; see build."""

from simulation import __version__

project = "Aisle Four"
author = "Aisle Four contributors"
copyright = author  # noqa: A001 # the name that Sphinx reads
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
html_theme = "furo"
html_static_path = ["page.css"]
html_css_files = ["page.css"]
html_title = f"Aisle Four {version}"
html_show_sourcelink = False
html_copy_source = False
html_last_updated_fmt = None
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False  # docstrings are NumPy's; a colon in a sentence is no type
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages have no page here
pygments_style = "friendly"
