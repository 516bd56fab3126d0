import { ConfigurationError } from "@countersign/core/wire";
import { expect, it } from "vitest";
import { describeDatabases } from "../databases.fixture.ts";
import { openDatabase } from "../open-database.ts";
import { migrationsFor } from "./migrations.ts";

/** Everything that migrations make. */
const schemas = {
  sqlite: "select type, name, tbl_name, sql from sqlite_master order by name",
  postgres: `select table_name as name, column_name || ' ' || data_type || ' ' || is_nullable || ' ' ||
      coalesce(collation_name, '') as definition
    from information_schema.columns where table_schema = 'public'
    union all select tablename, indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    order by 1, 2`,
};

describeDatabases(({ kind, createUrl, run }) => {
  const schema = schemas[kind];

  it("makes the tables that its SQL says", async () => {
    const [opened, printed] = [await createUrl(), await createUrl()];
    await (await openDatabase(opened)).close();
    await run(printed, migrationsFor(kind));
    const made = await run(opened, schema);
    expect(made.length).toBeGreaterThan(15);
    expect(await run(printed, schema)).toEqual(made);
  });

  it("changes nothing where somebody has run that SQL", async () => {
    const url = await createUrl();
    await run(url, migrationsFor(kind));
    const before = await run(url, schema);
    const database = await openDatabase(url);
    expect(await database.signingKeys.replace(0, [])).toBe(true);
    await database.close();
    expect(await run(url, schema)).toEqual(before);
    expect(await run(url, "select * from countersign_migrations")).toEqual([{ version: 1 }]);
  });

  it("migrates once, however many start at once", async () => {
    const url = await createUrl();
    const all = await Promise.all(Array.from({ length: 8 }, () => openDatabase(url)));
    for (const database of all) await database.close();
    expect(await run(url, "select * from countersign_migrations")).toEqual([{ version: 1 }]);
  });

  it("leaves nothing half made behind", async () => {
    const url = await createUrl();
    await run(url, "create table countersign_signing_keys (other text)");
    await expect(openDatabase(url)).rejects.toThrow(/already exists/);
    const tables = (await run(url, schema)).map((row) => JSON.stringify(row));
    expect(tables.filter((row) => row.includes("countersign_families"))).toEqual([]);
    await run(url, "drop table countersign_signing_keys");
    await (await openDatabase(url)).close();
  });

  it("does not touch the tables of a later release", async () => {
    const url = await createUrl();
    await (await openDatabase(url)).close();
    await run(url, "insert into countersign_migrations values (99)");
    const refused: unknown = await openDatabase(url).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(String(refused)).toMatch(/version 99/);
  });

  if (kind === "sqlite") return;

  it("needs no right to make tables where there are some", async () => {
    const url = await createUrl();
    await (await openDatabase(url)).close();
    const role = `service_${crypto.randomUUID().slice(0, 8)}`;
    await run(
      url,
      `create role ${role} login password 'service';
       grant select, insert, update, delete on all tables in schema public to ${role}`,
    );
    const asService = (address: string) =>
      Object.assign(new URL(address), { username: role, password: "service" }).href;
    const database = await openDatabase(asService(url));
    expect(await database.signingKeys.replace(0, [])).toBe(true);
    await database.close();
    await expect(openDatabase(asService(await createUrl()))).rejects.toThrow(/permission denied/);
  });
});

it("the SQL is what people can read", () => {
  expect(migrationsFor("sqlite")).toMatch(/^begin;\n.*create table countersign_families \(\n/s);
  expect(migrationsFor("postgres")).toMatch(/hash text collate "C" primary key,\n/);
  expect(migrationsFor("postgres")).not.toMatch(/strict|rowid/);
});
