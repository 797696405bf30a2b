from django.utils.translation import gettext_lazy as _

from praxis.kernel.display import Rows, administer

from .models import Category

administer(
    Rows(key="categories", label=_("Categories"), one=_("Category"), place="desk", model=Category, columns=("path", "organisation", "is_active"),
         form=("name", "parent", "organisation", "is_active"), natural=("organisation", "path"), find=("path",), order=("path",),
         joins=("organisation",), about=_("What a person feels is wrong, three levels at most. Where it is, and why, have fields of their own."),
         hints={"parent": _("Empty: a category of the first level")}),
)
