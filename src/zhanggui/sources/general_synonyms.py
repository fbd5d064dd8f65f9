"""What columns of order files are called, by canonical field: English, Chinese, Portuguese, German, French, Spanish,
and the usual ones in Japanese, Italian and Dutch.

Names are compared without case, accents, white space and punctuation, so ``Invoice No.`` is ``invoiceno``. The first
names of a field are its surest.
"""

from __future__ import annotations

DATES = ("created_at", "paid_at", "shipped_at", "delivered_at", "completed_at", "updated_at")
NUMBERS = (
    "quantity",
    "unit_price",
    "line_total",
    "line_discount",
    "unit_cost",
    "order_total",
    "goods_amount",
    "shipping_amount",
    "discount_amount",
    "tax_amount",
    "paid_amount",
    "refunded_amount",
)

_TABLE: dict[str, str] = {
    "order_id": """order_id order_no order_number order_nr order orderid invoice_no invoice_id invoice invoice_number
        transaction_id transaction receipt_no receipt_id bill_no basket_id order_ref order_reference purchase_id amazon_order_id
        订单编号 订单号 订单id 主订单编号 訂單編號 訂單號 訂單號碼 交易号 交易編號 单号 單號 发票号 發票號碼
        pedido_id id_pedido numero_pedido numero_do_pedido pedido código_pedido bestellnummer bestell_nr auftragsnummer
        rechnungsnummer rechnungsnr
        bestellungsnr auftragsnr belegnr belegnummer 注文番号 注文id 受注番号 numero_ordine ordernummer
        numéro_de_commande no_commande commande id_commande numéro_commande número_de_pedido factura""",
    "line_id": "line_id order_item_id order_line_id item_id line_no lineitem_id 子订单编号 子訂單編號 明细编号 明細編號",
    "product_id": """product_id stock_code item_code product_code item_no item_number article article_no asin
        商品id 商品编号 商品編號 产品编号 產品編號 商品编码 商品編碼 货号 貨號 宝贝id 商品代码 id_produto codigo_produto cod_produto
        artikelnummer artikel_nr
        artikelnr 商品コード 商品番号 codice_prodotto produkt_id référence_produit id_produit código_producto id_producto referencia""",
    "sku": "sku sku_id sku_code seller_sku merchant_sku variant_sku sku编码 sku編碼 商家编码 商家編碼 规格编码 規格編碼",
    "title": """title product_name product_title item_name item product description product_description item_description
        name goods 商品名称 商品名稱 商品标题 商品標題 宝贝标题 寶貝標題 产品名称 產品名稱 品名 商品 货品名称 产品 produto
        nome_produto nome_do_produto descricao artikel artikelbezeichnung bezeichnung produkt produktname désignation libellé
        produit nom_du_produit 商品名 nome_prodotto producto nombre_producto descripción artículo""",
    "variant": "variant variation option size_color specification 规格 規格 颜色尺码 顏色尺碼 商品规格 商品屬性 商品属性 sku名称",
    "category": """category product_category product_type department 类目 類目 分类 分類 品类 品類 商品分类 商品分類
        categoria kategorie warengruppe catégorie categoría""",
    "quantity": """quantity qty units count pieces pcs number_of_items items_count quantity_ordered quantity_sold
        order_quantity 数量 數量 购买数量 購買數量 商品数量 商品數量 件数 件數 销量 銷量 成交件数 宝贝总数量 quantidade qtd qtde menge
        anzahl stückzahl 個数 quantità aantal quantité qté cantidad unidades""",
    "unit_price": """unit_price price item_price price_each price_per_unit selling_price sale_price unit_cost_price
        单价 單價 商品单价 商品單價 商品价格 商品價格 售价 售價 价格 價格 成交单价 preco preço preco_unitario valor_unitario preis
        einzelpreis stückpreis 単価 prix prix_unitaire precio precio_unitario""",
    "line_total": """line_total line_amount amount total_price total_amount sales revenue value net_sales item_total subtotal
        extended_price dollars dollar_value usd gbp eur spend turnover sales_amount
        金额 金額 小计 小計 商品金额 商品金額 商品总价 商品總價 销售额 銷售額 成交金额 成交金額 valor valor_total total_item betrag
        gesamtpreis umsatz zeilensumme montant total_ligne chiffre_d_affaires importe monto""",
    "line_discount": "line_discount item_discount lineitem_discount 商品优惠 商品優惠 单品优惠 單品優惠",
    "unit_cost": "unit_cost cost cost_price purchase_price 成本 成本价 成本價 进价 進價 custo einkaufspreis coût coste",
    "order_total": """order_total order_amount total grand_total order_value invoice_total total_order_amount
        总金额 總金額 订单金额 訂單金額 订单总额 訂單總額 订单总金额 訂單總金額 合计 應付金額 应付金额 买家应付货款 total_pedido
        valor_do_pedido valor_pedido gesamtbetrag gesamtsumme rechnungsbetrag bestellwert total_commande montant_total
        total_ttc total_del_pedido importe_total""",
    "goods_amount": "goods_amount goods_total merchandise_total items_total subtotal_amount 商品总额 商品總額 货款 貨款 商品总金额",
    "shipping_amount": """shipping_amount shipping shipping_cost shipping_fee freight freight_value delivery_fee postage
        运费 運費 邮费 郵費 买家应付邮费 frete versand versandkosten frais_de_port livraison envío gastos_de_envio""",
    "discount_amount": """discount_amount discount order_discount coupon_amount total_discount 优惠 優惠 优惠金额 優惠金額 折扣
        折扣金额 折扣金額 店铺优惠 店鋪優惠 商家实际承担优惠金额 desconto rabatt remise descuento""",
    "tax_amount": "tax_amount tax taxes vat sales_tax 税 税额 稅額 税金 imposto steuer mwst tva impuesto iva",
    "paid_amount": """paid_amount amount_paid payment_amount paid payment_value 实付金额 實付金額 实付款 實付款
        买家实际支付金额 買家實際支付金額 实际支付金额 支付金额 支付金額 付款金额 付款金額 实收金额 valor_pago
        bezahlt gezahlt montant_payé importe_pagado""",
    "refunded_amount": """refunded_amount refund_amount refunded refund refunds amount_refunded 退款金额 退款金額 退款 已退款
        reembolso valor_reembolsado erstattung erstattet remboursement montant_remboursé importe_reembolsado""",
    "created_at": """created_at order_date order_time order_datetime invoice_date date datetime purchase_date purchased_at
        order_created created transaction_date transaction_time order_purchase_timestamp date_created ordered_at sale_date
        timestamp time 订单创建时间 訂單建立時間 訂單創建時間 下单时间 下單時間 创建时间 創建時間 下单日期 下單日期 订单日期 訂單日期
        成交时间 成交時間 日期 时间 時間 交易时间 交易日期 發票日期 data data_pedido data_do_pedido data_compra bestelldatum
        注文日 注文日時 購入日 data_ordine bestellt_am datum rechnungsdatum auftragsdatum date_commande
        date_de_commande fecha fecha_pedido fecha_de_pedido""",
    "paid_at": """paid_at payment_date payment_time date_paid 订单付款时间 訂單付款時間 付款时间 付款時間 支付时间 支付時間 支付完成时间
        付款确认时间 data_pagamento zahlungsdatum 支払日 入金日 bezahlt_am date_paiement fecha_pago""",
    "shipped_at": """shipped_at ship_date shipping_date dispatch_date 发货时间 發貨時間 data_envio versanddatum 発送日
        date_expédition fecha_envio""",
    "delivered_at": """delivered_at delivery_date date_delivered 签收时间 簽收時間 收货时间 data_entrega lieferdatum date_livraison
        fecha_entrega""",
    "completed_at": "completed_at completion_date 完成时间 完成時間 订单完成时间 交易完成时间",
    "updated_at": "updated_at last_updated modified_at update_time 更新时间 更新時間 最后更新时间",
    "status": """status order_status state_of_order 订单状态 訂單狀態 状态 狀態 交易状态 交易狀態 situacao bestellstatus statut
        estado_pedido""",
    "customer": """customer_id customer_key customer_no customer_number customer client_id client member_id buyer_id user_id
        buyer shopper_id account_id cust_id 客户编号 客戶編號 客户id 会员id 会员编号 會員編號 会员号 买家id 用户id 用戶id
        买家会员名 買家會員名 买家昵称 客户 客戶 会员 email e_mail customer_email buyer_email 邮箱 phone 手机号 手機號碼 手机
        customer_name 客户名称 id_cliente cliente cliente_id kundennummer
        kundennr 顧客id 顧客番号 会員番号 kunden_nr kunde kundenid id_client numéro_client""",
    "country": "country country_code ship_country shipping_country billing_country 国家 國家 国家地区 país pais land pays",
    "region": """region state province ship_state shipping_province county 省 省份 州 地区 地區 收货地址 收貨地址 收货省份 estado
        uf bundesland région provincia""",
    "city": "city town ship_city shipping_city 城市 市 收货城市 cidade stadt ort ville ciudad",
    "currency": "currency currency_code iso_currency 币种 幣種 货币 貨幣 moeda währung devise moneda",
    "source": "traffic_source utm_source referrer order_source 来源 來源 订单来源 訂單來源 渠道 origem quelle origine",
    "campaign": "utm_campaign campaign 活动 活動 推广计划",
    "landing_page": "landing_page landing_site landing_url entry_page session_entry 落地页 落地頁 着陆页 著陸頁",
    "device": "device device_type 终端 設備 设备",
    "buyer_note": "buyer_note customer_note order_note 买家留言 買家留言 买家备注 observacao kundenhinweis",
    "seller_note": "seller_note staff_note internal_note 卖家备注 賣家備註 商家备注 商家備註",
}

SYNONYMS: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _TABLE.items()}
"""Names by field, words joined by ``_``."""

FIELDS = tuple(SYNONYMS)
"""What ``--map`` takes."""

DIALECTS: dict[str, dict[str, str]] = {
    # Both prices are of the whole line, not of one piece.
    "amazon-order-id": {"line_total": "item-price", "shipping_amount": "shipping-price"},
}
"""Fields by the names they have in one platform's files, by a column that only those files have."""

_OTHER = """impressions clicks sessions pageviews page_views visitors bounce_rate ctr cpc adgroup ad_group keyword on_hand
    访客数 訪客數 浏览量 瀏覽量 展现量 展現量 点击量 點擊量 曝光量 库存 庫存 关键词"""
NOT_ORDERS = frozenset(_OTHER.split())
"""Names that say a file counts visits, ads or stock, not orders."""

COUNTRIES = frozenset(
    """united kingdom|great britain|uk|gb|ireland|eire|france|germany|deutschland|spain|españa|portugal|italy|netherlands|
    belgium|switzerland|austria|denmark|sweden|norway|finland|poland|united states|usa|us|united states of america|canada|
    mexico|brazil|brasil|argentina|chile|china|中国|中國|hong kong|香港|taiwan|台湾|台灣|macau|澳门|澳門|japan|日本|south korea|
    singapore|malaysia|thailand|vietnam|indonesia|philippines|india|australia|new zealand|israel|turkey|russia|greece|
    fr|de|es|pt|it|nl|be|ch|at|dk|se|no|fi|pl|ca|mx|br|cn|hk|tw|mo|jp|kr|sg|my|au|nz""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
