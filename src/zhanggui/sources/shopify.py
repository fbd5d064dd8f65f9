"""Shopify: exports of orders, products, customers; the report of sessions; orders of bulk operations. See docs/sources/shopify.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from zhanggui.sources import (
    json_files,
    reading,
    shopify_bulk,
    shopify_orders,
    shopify_products,
    shopify_sessions,
    values,
)
from zhanggui.sources.matching import best, by_header, fit, words
from zhanggui.tables.loading import LeftOut, Options, Piece, Reading, Recognition, Sheet

CHANNEL = "shopify:main"

ORDERS = words(
    """Name Email FinancialStatus Paidat FulfillmentStatus Fulfilledat AcceptsMarketing Currency Subtotal Shipping Taxes Total
    DiscountCode DiscountAmount ShippingMethod Createdat Lineitemquantity Lineitemname Lineitemprice Lineitemcompareatprice Lineitemsku
    Lineitemrequiresshipping Lineitemtaxable Lineitemfulfillmentstatus BillingName BillingStreet BillingAddress1 BillingAddress2
    BillingCompany BillingCity BillingZip BillingProvince BillingCountry BillingPhone ShippingName ShippingStreet ShippingAddress1
    ShippingAddress2 ShippingCompany ShippingCity ShippingZip ShippingProvince ShippingCountry ShippingPhone Notes NoteAttributes
    Cancelledat PaymentMethod PaymentReference RefundedAmount Vendor OutstandingBalance Employee Location DeviceID Id Tags RiskLevel
    Source Lineitemdiscount Tax1Name Tax1Value Tax2Name Tax2Value Tax3Name Tax3Value Tax4Name Tax4Value Tax5Name Tax5Value Phone
    ReceiptNumber Duties BillingProvinceName ShippingProvinceName PaymentID PaymentTermsName NextPaymentDueAt PaymentReferences"""
)
PRODUCTS = words(
    """Handle Title Body(HTML) Vendor ProductCategory Type Tags Published Option1Name Option1Value Option2Name Option2Value Option3Name
    Option3Value Option1LinkedTo Option2LinkedTo Option3LinkedTo VariantSKU VariantGrams VariantInventoryTracker VariantInventoryQty
    VariantInventoryPolicy VariantFulfillmentService VariantPrice VariantCompareAtPrice VariantRequiresShipping VariantTaxable
    VariantBarcode ImageSrc ImagePosition ImageAltText GiftCard SEOTitle SEODescription VariantImage VariantWeightUnit VariantTaxCode
    Costperitem Status"""
)
RENAMED = {
    "URLhandle": "Handle",
    "Description": "Body(HTML)",
    "Publishedononlinestore": "Published",
    "SKU": "VariantSKU",
    "Barcode": "VariantBarcode",
    "Option1name": "Option1Name",
    "Option1value": "Option1Value",
    "Option2name": "Option2Name",
    "Option2value": "Option2Value",
    "Option3name": "Option3Name",
    "Option3value": "Option3Value",
    "Price": "VariantPrice",
    "Compare-atprice": "VariantCompareAtPrice",
    "Inventorytracker": "VariantInventoryTracker",
    "Inventoryquantity": "VariantInventoryQty",
    "Continuesellingwhenoutofstock": "VariantInventoryPolicy",
    "Weightvalue(grams)": "VariantGrams",
    "Weightunitfordisplay": "VariantWeightUnit",
    "Requiresshipping": "VariantRequiresShipping",
    "Fulfillmentservice": "VariantFulfillmentService",
    "ProductimageURL": "ImageSrc",
    "Imageposition": "ImagePosition",
    "Imagealttext": "ImageAltText",
    "VariantimageURL": "VariantImage",
    "Giftcard": "GiftCard",
    "SEOtitle": "SEOTitle",
    "SEOdescription": "SEODescription",
    "Productcategory": "ProductCategory",
    "Chargetax": "VariantTaxable",
    "Taxcode": "VariantTaxCode",
}
"""The newer product template's names, in the words of the older one."""
CUSTOMERS = words(
    """CustomerID FirstName LastName Email AcceptsEmailMarketing AcceptsMarketing DefaultAddressCompany DefaultAddressAddress1
    DefaultAddressAddress2 DefaultAddressCity DefaultAddressProvinceCode DefaultAddressCountryCode DefaultAddressZip
    DefaultAddressPhone Phone AcceptsSMSMarketing TotalSpent TotalOrders Note TaxExempt Tags Company Address1 Address2 City Province
    ProvinceCode Country CountryCode Zip"""
)
_CORE: dict[str, tuple[tuple[str, ...], ...]] = {
    "orders": (words("Name FinancialStatus Createdat Lineitemname Lineitemquantity Lineitemprice"),),
    "products": (words("Handle Title VariantPrice"), words("Handle Title VariantSKU")),
    "customers": (words("FirstName LastName Email TotalSpent"),),
}
_KNOWN = {"orders": ORDERS, "products": PRODUCTS, "customers": CUSTOMERS}
_MARKETS = re.compile(r"(?:Included|Price|CompareAtPrice|GoogleShopping)/.*|.*\(product\.metafields\..*\)")


class Shopify:
    """The source of Shopify's exports."""

    name = "shopify"
    known = frozenset({*ORDERS, *PRODUCTS, *CUSTOMERS, *RENAMED, *shopify_sessions.SIGNS})

    def recognise(self, sheet: Sheet) -> Recognition | None:
        """The best fitting of orders, products (either template) and customers."""
        if sheet.kind == json_files.LINES:
            return _bulk(self.name, sheet)
        seen = _plain(sheet)
        markets = tuple(name for name in seen.headers if _MARKETS.fullmatch(name))
        return best(
            *(
                fit(self.name, layout, seen, core=core, known=(*_KNOWN[layout], *markets))
                for layout, cores in _CORE.items()
                for core in cores
            ),
            shopify_sessions.recognise(self.name, sheet),
        )

    def read(self, sheets: Sequence[tuple[Sheet, Recognition]], options: Options) -> Iterable[Reading]:
        """Each file by itself: nothing in one depends on another being in the same import."""
        for sheet, recognition in sheets:
            if recognition.layout == "bulk":
                made, others, count = shopify_bulk.pieces(sheet, options)
                yield Reading(sheet, recognition, made, options.channel or CHANNEL, count, others)
                continue
            if recognition.layout == "sessions":
                yield shopify_sessions.read(sheet, recognition, options.channel or CHANNEL)
                continue
            table, rejects = reading.rows(sheet)
            frame = by_header(table, _plain(sheet))
            pieces, left_out = _pieces(frame, recognition.layout, sheet, options)
            yield Reading(
                sheet=sheet,
                recognition=recognition,
                pieces=pieces,
                channel=options.channel or CHANNEL,
                rows_read=len(table) + len(rejects),
                left_out=left_out,
                rejects=rejects,
            )


def _bulk(source: str, sheet: Sheet) -> Recognition | None:
    """Orders of a bulk operation: records with Shopify's global ids."""
    if "id" not in sheet.columns:
        return None
    at = sheet.columns.index("id")
    ids = [row[at] for row in sheet.head if row[at]]
    if not ids or not all(one.startswith("gid://shopify/") for one in ids):
        return None
    known = fit(source, "bulk", sheet, core=shopify_bulk.CORE, known=sheet.headers)
    return known and replace(known, missing=tuple(name for name in shopify_bulk.ASKED if name not in sheet.headers))


def _plain(sheet: Sheet) -> Sheet:
    """The sheet with the newer template's headers under their older names."""
    return replace(
        sheet,
        headers=tuple(RENAMED.get(name, name) if "Handle" not in sheet.headers else name for name in sheet.headers),
    )


def _pieces(
    frame: pl.DataFrame, layout: str, sheet: Sheet, options: Options
) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    if layout == "orders":
        return shopify_orders.pieces(frame, sheet, options), ()
    if layout == "products":
        return shopify_products.pieces(frame, sheet, options)
    return _customers(frame, sheet)


def _customers(frame: pl.DataFrame, sheet: Sheet) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    """Customers by their e-mail (else their phone); those with neither cannot be told from others and are left out."""
    names = set(frame.columns)

    def first(*wanted: str) -> pl.Expr:
        return pl.coalesce(
            [values.identifier(pl.col(name)) for name in wanted if name in names] or [pl.lit(None, pl.String)]
        )

    made = frame.select(
        "_row",
        shopify_orders.buyer(frame, "Email", "Phone", "DefaultAddressPhone").alias("_identity"),
        first("DefaultAddressCountryCode", "CountryCode", "Country").alias("country"),
        first("DefaultAddressProvinceCode", "ProvinceCode", "Province").alias("region"),
        first("DefaultAddressCity", "City").alias("city"),
        first("AcceptsEmailMarketing", "AcceptsMarketing").alias("consent_email"),
        first("AcceptsSMSMarketing").alias("consent_sms"),
        shopify_products.listed(first("Tags")).alias("tags"),
    )
    known = made.filter(pl.col("_identity").is_not_null())
    unnamed = len(made) - len(known)
    left_out = (LeftOut("no_identity", unnamed),) if unnamed else ()
    return (
        Piece("customers", known, sheet.name, exported_at=shopify_orders.exported_at(sheet), rows_read=len(frame)),
    ), left_out


SOURCE = Shopify()
