int digital_root(long number);

int main(void)
{
    for (int digit = 0; digit < 10; digit++)
        if (digital_root(digit) != digit)
            return 1;
    return 0;
}
