import sys, tempfile, pathlib, httpx
from tests import homes
from tests.canaries.story import *
from tests.canaries.canaries import *
from tests.load.server import write_keyfile
def test_try(home, tmp_path):
    app = homes.make_app(home)
    def open_browser():
        return homes.Browser(home, app)
    st = Story(home, open_browser, lambda: homes.work_off(home), words_for(1), tmp_path, write_keyfile(home))
    tell(st)
    print(st.words); print([ (r.status_code, r.url.path) for r in st.errors])
