from . import customer_file
from . import register
