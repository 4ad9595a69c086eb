"""Whether two sample requests are about the same article."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """What a request is about, as far as it is known.

    :param product: id of the product, 0 while it has none
    :param family: id of the product family, 0 when not given
    :param style: the customer's name of the shoe model
    """

    product: int = 0
    family: int = 0
    style: str = ""

    @property
    def style_key(self) -> str:
        """The style without differences of case and spaces that people do not mean."""
        return " ".join(self.style.split()).casefold()


def same_article(one: Article, other: Article) -> bool:
    """Tell whether an approved sample of one article counts for the other.

    The product decides where both have one; else the style, within the family where both name
    it; without any style on either side the family alone.

    >>> same_article(Article(style="Runner X"), Article(style="runner  x"))
    True
    >>> same_article(Article(family=1, style="Runner X"), Article(family=2, style="Runner X"))
    False
    """
    if one.product and other.product:
        return one.product == other.product
    if one.family and other.family and one.family != other.family:
        return False
    if one.style_key or other.style_key:
        return one.style_key == other.style_key
    return bool(one.family) and one.family == other.family
