from . import hr_expense
from . import account_move_line
