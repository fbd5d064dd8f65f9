// A small Vendure shop for tests: `node shop.js fill FILE PORT` makes its database, `node shop.js serve FILE PORT` opens it.
const { bootstrap, DefaultLogger, LogLevel, dummyPaymentHandler } = require("@vendure/core");
const { populate } = require("@vendure/core/cli");
const path = require("path");

const [deed, file, port] = process.argv.slice(2);
const config = {
  apiOptions: { hostname: "127.0.0.1", port: Number(port), adminApiPath: "admin-api", shopApiPath: "shop-api" },
  authOptions: {
    tokenMethod: ["bearer"],
    superadminCredentials: { identifier: "superadmin", password: "superadmin" },
    cookieOptions: { secret: "only-for-tests" },
  },
  dbConnectionOptions: { type: "better-sqlite3", database: file, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: path.join(__dirname, "no-pictures") },
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [],
};

const initial = {
  defaultLanguage: "en",
  defaultZone: "Europe",
  countries: [
    { name: "United Kingdom", code: "GB", zone: "Europe" },
    { name: "France", code: "FR", zone: "Europe" },
  ],
  taxRates: [{ name: "Standard", percentage: 20 }],
  shippingMethods: [{ name: "Post", price: 500 }],
  paymentMethods: [
    { name: "Card", handler: { code: "dummy-payment-handler", arguments: [{ name: "automaticSettle", value: "true" }] } },
  ],
  collections: [],
};

async function main() {
  if (deed === "fill") {
    const app = await populate(() => bootstrap(config), initial, path.join(__dirname, "products.csv"));
    await app.close();
    process.exit(0);
  }
  await bootstrap(config);
  console.log("open");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
