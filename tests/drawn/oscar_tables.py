"""The tables of a django-oscar shop that this program reads and writes, as a file of its own: quick, and by their real names. The real
shop stands in ``make prove``."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = """
create table catalogue_product (id integer primary key, structure text, upc text, title text, is_public bool, parent_id int,
  description text default '', date_created datetime default '2026-09-01 08:00:00', date_updated datetime default '2026-09-01 08:00:00');
create table catalogue_category (id integer primary key, name text);
create table catalogue_productcategory (id integer primary key, product_id int, category_id int);
create table partner_partner (id integer primary key, name text);
create table partner_stockrecord (id integer primary key, product_id int, partner_id int, partner_sku text, price decimal,
  price_currency text default 'CNY', num_in_stock int, num_allocated int, date_updated datetime default '2026-09-01 08:00:00');
create table auth_user (id integer primary key, email text, is_staff bool, date_joined datetime);
create table order_order (id integer primary key, number text, currency text, total_incl_tax decimal, total_excl_tax decimal,
  shipping_excl_tax decimal, status text, guest_email text, date_placed datetime, user_id int, shipping_address_id int);
create table order_shippingaddress (id integer primary key, line4 text, state text, country_id text);
create table order_line (id integer primary key, order_id int, partner_sku text, title text, quantity int, product_id int,
  line_price_excl_tax decimal, line_price_incl_tax decimal, line_price_before_discounts_excl_tax decimal);
create table order_orderstatuschange (id integer primary key, order_id int, new_status text, date_created datetime);
create table order_paymentevent (id integer primary key, order_id int, date_created datetime);
create table order_shippingevent (id integer primary key, order_id int, date_created datetime);
create table payment_source (id integer primary key, order_id int);
create table payment_transaction (id integer primary key, source_id int, txn_type text, amount decimal, date_created datetime);
create table reviews_productreview (id integer primary key, product_id int, score int, title text, body text, status int,
  user_id int, email text, date_created datetime);
create table offer_range (id integer primary key, name text unique, slug text, description text, is_public bool,
  includes_all_products bool, date_created datetime);
create table offer_rangeproduct (id integer primary key, display_order int, product_id int, range_id int);
create table offer_condition (id integer primary key, type text, value decimal, range_id int);
create table offer_benefit (id integer primary key, type text, value decimal, range_id int);
create table offer_conditionaloffer (id integer primary key, name text unique, slug text, description text, offer_type text, status text,
  start_datetime datetime, end_datetime datetime, total_discount decimal, num_applications int, num_orders int, redirect_url text,
  date_created datetime, benefit_id int, condition_id int, exclusive bool, priority int);
insert into partner_partner values (1, 'Store');
insert into catalogue_product (id, structure, upc, title, is_public) values
  (1, 'standalone', 'GREEN', 'Green tea', 1), (2, 'standalone', 'POT', 'Teapot', 1), (3, 'standalone', 'CUP', 'Cup', 1);
insert into partner_stockrecord (id, product_id, partner_id, partner_sku, price, num_in_stock, num_allocated) values
  (1, 1, 1, 'GREEN-100', 20, 50, 2), (2, 2, 1, 'POT-1', 80, 10, 0), (3, 3, 1, 'CUP-W', 12, 40, 0), (4, 3, 1, 'CUP-B', 14, 40, 0);
insert into order_order values (1, '1001', 'CNY', 60, 60, 0, 'Complete', 'ann@mail.example', '2026-09-02 03:00:00', null, null);
insert into order_line values (1, 1, 'GREEN-100', 'Green tea', 3, 1, 60, 60, 60);
insert into payment_source values (1, 1);
insert into payment_transaction values (1, 1, 'Debit', 60, '2026-09-02 03:01:00');
"""


class OscarFile:
    """Such a shop's database."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @classmethod
    def drawn(cls, file: Path) -> OscarFile:
        """A new one."""
        shop = cls(file)
        shop.run(TABLES)
        return shop

    def run(self, script: str) -> None:
        """Let something happen in the shop."""
        with closing(sqlite3.connect(self.file)) as database:
            database.executescript(script)

    def one(self, query: str) -> object:
        """A value of the shop's own database."""
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(query).fetchone()[0]

    def price(self, record: int = 1) -> object:
        return self.one(f"select price from partner_stockrecord where id = {record}")
